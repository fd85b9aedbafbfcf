// Stores to be ticked: the header ticks all that are shown, branches have three states, and sixteen thousand ticks travel as
// one field. Without this file each tick is a field of its own.
(function () {
  const $$ = (selector, root) => Array.from(root.querySelectorAll(selector));

  // 1-3,7 as betaapp.proposals.packed writes it.
  function packed(keys) {
    const parts = [];
    let first = null;
    let last = null;
    keys.sort((a, b) => a - b).forEach((key) => {
      if (last !== null && key === last + 1) last = key;
      else {
        if (first !== null) parts.push(first === last ? String(first) : first + "-" + last);
        first = last = key;
      }
    });
    if (first !== null) parts.push(first === last ? String(first) : first + "-" + last);
    return parts.join(",");
  }

  function allFrom(boxes, head) {
    const ticked = boxes.filter((box) => box.checked).length;
    head.checked = ticked > 0 && ticked === boxes.length;
    head.indeterminate = boxes.some((box) => box.indeterminate) || (ticked > 0 && ticked < boxes.length);
  }

  const form = document.querySelector("[data-ticks]");
  if (form) {
    const heads = $$("[data-tick-all]", form); // in the table's head, and where the phone has none, above it
    const count = form.querySelector("[data-tick-count]");
    const find = form.querySelector("[data-tick-find]");
    const boxes = $$('input[name="store"]', form);
    const shown = () => boxes.filter((box) => !box.disabled && !box.closest("tr").hidden);
    const show = () => {
      heads.forEach((head) => allFrom(shown(), head));
      const ticked = boxes.filter((box) => box.checked).length;
      count.textContent = count.dataset.words.replace("{n}", ticked).replace("{all}", boxes.length);
    };
    heads.forEach((head) =>
      head.addEventListener("change", () => {
        shown().forEach((box) => (box.checked = head.checked));
        show();
      }),
    );
    form.addEventListener("change", (event) => event.target.name === "store" && show());
    find.addEventListener("input", (event) => {
      event.stopPropagation(); // to look for a store changes nothing
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      boxes.forEach((box) => {
        const row = box.closest("tr");
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      });
      show();
    });
    find.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    form.addEventListener("formdata", (event) => {
      // A box that nobody may tick counts as it stands.
      event.formData.delete("store");
      event.formData.set("ticked", packed(boxes.filter((box) => box.checked).map((box) => Number(box.value))));
      event.formData.set("is_packed", "on");
    });
    show();
  }

  const branches = document.querySelector("[data-boxes]");
  if (branches) {
    const head = branches.querySelector("[data-box-all]");
    const boxes = $$("[data-box]", branches);
    boxes.forEach((box) => (box.indeterminate = box.dataset.box === "some" && !box.dataset.step));
    if (head) allFrom(boxes, head);
    boxes.forEach((box) =>
      box.addEventListener("click", () => {
        // From "some" to all, to none, and back to "some": what was left alone can be left alone again.
        if (box.dataset.box !== "some") return;
        box.dataset.step = String((Number(box.dataset.step || 0) + 1) % 3);
        box.checked = box.dataset.step === "1";
        box.indeterminate = box.dataset.step === "0";
      }),
    );
    branches.addEventListener("change", () => head && allFrom(boxes, head));
    if (head)
      head.addEventListener("change", () =>
        boxes.forEach((box) => {
          box.checked = head.checked;
          box.indeterminate = false;
          if (box.dataset.box === "some") box.dataset.step = head.checked ? "1" : "2";
        }),
      );
    branches.addEventListener("formdata", (event) => {
      const keys = (wanted) => boxes.filter(wanted).map((box) => Number(box.value));
      event.formData.delete("whole_branch");
      event.formData.set("whole", packed(keys((box) => box.checked)));
      event.formData.set("empty", packed(keys((box) => !box.checked && !box.indeterminate)));
    });
  }
})();
