// One biller's day: a difference opens as a sheet over the list, J and K go on, E explains, and many are chosen at once.
// Without this each difference is a page of its own, and every button a plain form.
(function () {
  const $ = (selector, root) => (root || document).querySelector(selector);
  const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const gerai = (window.gerai = window.gerai || {});
  const SHEET = "#difference-sheet";
  const dialog = $("#difference-dialog");

  // The sheet ----------------------------------------------------------------------------------------------------
  const rows = () => $$("[data-difference]");
  const rowOf = (pk) => $(`[data-difference="${CSS.escape(pk)}"]`);
  let picked = null;
  let focusText = false;

  function mark(row, { scroll = true } = {}) {
    rows().forEach((other) => other.classList.toggle("is-picked", other === row));
    picked = row ? row.dataset.difference : null;
    if (!row) return;
    if (scroll) row.scrollIntoView({ block: "nearest" });
    if (!dialog || !dialog.open) $(".row-link", row).focus({ preventScroll: true });
  }

  function open(url) {
    if (!dialog) return;
    if (!dialog.open) dialog.showModal();
    htmx.ajax("GET", url, { target: SHEET, swap: "innerHTML" });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sheet]");
    if (link && dialog && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && event.button === 0) {
      event.preventDefault();
      const row = link.closest("[data-difference]");
      if (row) mark(row, { scroll: false });
      open(link.href);
      return;
    }
    if (dialog && event.target === dialog) dialog.close();
    const words = event.target.closest("[data-fill]");
    if (words) {
      const text = $("#say-text");
      text.value = words.dataset.fill;
      text.focus();
    }
  });
  if (dialog) {
    dialog.addEventListener("close", () => {
      $(SHEET).replaceChildren();
      const row = picked && rowOf(picked);
      if (row) $(".row-link", row).focus({ preventScroll: true });
    });
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "difference-sheet") return;
    const wrong = $('[aria-invalid="true"]', event.detail.target);
    if (wrong) wrong.focus();
    else if (focusText) $("#say-text", event.detail.target)?.focus();
    focusText = false;
  });
  // What was refused comes back with its reason beside what was typed.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status !== 422 || event.detail.target.id !== "difference-sheet") return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.addEventListener("gerai:difference-changed", () => {
    if (document.getElementById("list")) {
      htmx.ajax("GET", location.pathname + location.search, { target: "#list", swap: "outerHTML" });
    }
  });

  // Keys; single letters, so they can be switched off -----------------------------------------------------------
  const KEPT = "reconciliation-keys";
  const toggle = $("[data-keys-toggle]");
  const isOn = () => localStorage.getItem(KEPT) !== "off";
  const showKeys = () => toggle && toggle.setAttribute("aria-pressed", String(isOn()));
  if (toggle) {
    toggle.addEventListener("click", () => {
      localStorage.setItem(KEPT, isOn() ? "off" : "on");
      showKeys();
    });
  }
  showKeys();

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row.dataset.difference === picked);
    const next = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + by, 0), all.length - 1)];
    mark(next);
    if (dialog && dialog.open) open($(".row-link", next).href);
  }

  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if ($("dialog[open]:not(#difference-dialog)")) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      event.preventDefault();
      step(key === "j" ? 1 : -1);
    } else if (key === "e") {
      const text = $("#say-text");
      if (text) {
        event.preventDefault();
        text.focus();
      } else if (dialog) {
        const row = (picked && rowOf(picked)) || rows()[0];
        if (!row) return;
        event.preventDefault();
        mark(row);
        focusText = true;
        open($(".row-link", row).href);
      }
    }
  });

  // Many at once -------------------------------------------------------------------------------------------------
  const bulk = $("[data-bulk]");
  if (bulk) {
    const chosen = new Set();
    const count = $("[data-chosen-count]", bulk);
    const all = bulk.elements.namedItem("all");
    const show = () => {
      const n = all.value ? Number($("[data-choose-all]", bulk).dataset.chooseAll) : chosen.size;
      bulk.classList.toggle("is-open", n > 0);
      count.textContent = count.dataset.chosenCount.replace("{n}", new Intl.NumberFormat(document.documentElement.lang).format(n));
      const page = $("[data-choose-page]");
      const boxes = $$("[data-choose]");
      if (page) page.checked = boxes.length > 0 && boxes.every((box) => box.checked);
    };
    document.addEventListener("change", (event) => {
      const whole = event.target.closest("[data-choose-page]");
      const one = event.target.closest("[data-choose]");
      if (!whole && !one) return;
      if (whole) $$("[data-choose]").forEach((box) => (box.checked = whole.checked));
      all.value = "";
      $$("[data-choose]").forEach((box) => (box.checked ? chosen.add(box.value) : chosen.delete(box.value)));
      show();
    });
    $("[data-choose-all]", bulk).addEventListener("click", () => {
      all.value = "1";
      $$("[data-choose]").forEach((box) => (box.checked = true));
      show();
    });
    // The list was fetched anew: what is still on it stays chosen; other filters are another choice.
    document.addEventListener("htmx:afterSettle", (event) => {
      if (event.detail.elt.id !== "list" && !$("#list")?.contains(event.detail.elt)) return;
      all.value = "";
      const there = new Set($$("[data-choose]").map((box) => box.value));
      chosen.forEach((pk) => there.has(pk) || chosen.delete(pk));
      $$("[data-choose]").forEach((box) => (box.checked = chosen.has(box.value)));
      if (picked && rowOf(picked)) mark(rowOf(picked), { scroll: false });
      show();
    });
    bulk.addEventListener("submit", () => {
      for (const target of [bulk, ...$$("[formaction]", bulk)]) {
        const name = target === bulk ? "action" : "formaction";
        target.setAttribute(name, target.getAttribute(name).split("?")[0] + location.search);
      }
    });
    show();
  }

  // The last days as a graph, once its part of the page is there --------------------------------------------------
  function draw() {
    const place = $("#day-history");
    const figure = $("[data-trend-graph]");
    const series = $("#trend-series");
    if (!place || !figure || !series || !window.echarts || figure.dataset.drawn) return;
    figure.dataset.drawn = "1";
    const data = JSON.parse(series.textContent);
    gerai.charts
      .create($(".graph-canvas", figure), {
        unit: "count",
        name: figure.dataset.name,
        zone: place.dataset.zone,
        zoneName: place.dataset.zoneName,
        zoneOffset: Number(place.dataset.zoneOffset),
        limits: [],
        series: [
          { name: "found", label: figure.dataset.found },
          { name: "left", label: figure.dataset.left },
        ],
      })
      .show(data);
  }
  document.addEventListener("htmx:afterSettle", draw);
})();
