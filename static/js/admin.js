// Names for what unfold leaves without one, a way back from a question, and one theme for portal and admin.
(function () {
  "use strict";
  try {
    // Alpine keeps its values as JSON under this key; the portal's choice comes first.
    const chosen = localStorage.getItem("theme");
    if (chosen) localStorage.setItem("_x_adminTheme", JSON.stringify(chosen));
    addEventListener("pagehide", () => {
      const theme = JSON.parse(localStorage.getItem("_x_adminTheme") || "null");
      if (theme && theme !== localStorage.getItem("theme")) {
        localStorage.setItem("theme", theme);
        const secure = location.protocol === "https:" ? ";secure" : "";
        document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax${secure}`;
      }
    });
  } catch (error) {
    // A private window: each side then keeps its own theme.
  }

  // select2 names its box after its value, so an empty box has no name: the field's label comes before it.
  function nameBoxes() {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      const box = select.nextElementSibling && select.nextElementSibling.querySelector(".select2-selection");
      const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
      if (!box || !label || box.dataset.named) continue;
      label.id = label.id || `${select.id}-label`;
      const value = box.querySelector(".select2-selection__rendered");
      box.setAttribute("aria-labelledby", value && value.id ? `${label.id} ${value.id}` : label.id);
      if (value) value.setAttribute("aria-label", label.textContent.trim());
      const field = select.nextElementSibling.querySelector(".select2-search__field");
      if (field) field.setAttribute("aria-label", label.textContent.trim());
      box.dataset.named = "1";
    }
    // The cross that empties a box stands in a list without being an item of it, and speaks English.
    for (const cross of document.querySelectorAll("ul > .select2-selection__clear:not([role])")) {
      cross.setAttribute("role", "listitem");
      cross.removeAttribute("title");
    }
    for (const field of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
      field.setAttribute("aria-label", document.title);
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    nameBoxes();
    new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
    document.addEventListener("click", (event) => {
      const back = event.target.closest("[data-back]");
      if (back) {
        event.preventDefault();
        history.back();
      }
    });
  });
})();
