"""Pictures are never kept as they came: they are drawn anew, which leaves behind whatever else was in the file."""

import io
import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from PIL import Image, ImageOps, UnidentifiedImageError

from core.uploads.exceptions import UploadRefused
from core.uploads.limits import limit
from core.wording import Late as _

FORMATS = ("JPEG", "PNG", "WEBP")


def redrawn(file: UploadedFile) -> InMemoryUploadedFile:
    """The picture as a JPEG of ours: upright, at most as large as pages need, without where it was taken."""
    if (file.size or 0) > limit("picture_bytes"):
        raise UploadRefused(
            _("The picture has %(n).1f MB; at most %(limit)d MB are taken.")
            % {"n": (file.size or 0) / 1_000_000, "limit": limit("picture_bytes") // 1_000_000}
        )
    try:
        file.seek(0)
        with Image.open(file, formats=FORMATS) as picture:  # the head only: nothing is unpacked yet
            if picture.width * picture.height > limit("picture_pixels"):
                raise UploadRefused(
                    _("The picture has %(n)d megapixels; at most %(limit)d are taken.")
                    % {
                        "n": picture.width * picture.height // 1_000_000,
                        "limit": limit("picture_pixels") // 1_000_000,
                    }
                )
            drawn = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise UploadRefused(
            _("This is no picture that can be read. JPEG, PNG and WebP are taken.")
        ) from error
    drawn.thumbnail((limit("picture_side"), limit("picture_side")))
    ground = Image.new("RGB", drawn.size, "white")
    ground.paste(drawn, mask=drawn.getchannel("A"))
    target = io.BytesIO()
    ground.save(target, "JPEG", quality=85, optimize=True)
    size = target.tell()
    target.seek(0)
    return InMemoryUploadedFile(target, None, f"{uuid.uuid4().hex}.jpg", "image/jpeg", size, None)


class PictureField(forms.ImageField):
    """Checks before Pillow sees more than the head, and gives on what was drawn anew."""

    def to_python(self, data: Any) -> Any:
        if data in self.empty_values or not isinstance(data, UploadedFile):
            return super().to_python(data)
        try:
            return redrawn(data)
        except UploadRefused as error:
            raise forms.ValidationError(str(error), code="refused") from error
