// What every page does: toasts, "Ya / Batal", no double submit, warning of unsaved changes, fresh relative times,
// the way back to a list, quick search. Nothing here is needed to read a page.
(function () {
  const $ = (selector, root) => (root || document).querySelector(selector);
  const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const gerai = (window.gerai = window.gerai || {});
  const texts = document.body.dataset;

  // Toasts -----------------------------------------------------------------------------------------------------
  function arm(note) {
    const stays = ["danger", "warning"].includes(note.dataset.tone);
    if (!stays) setTimeout(() => note.matches(":hover, :focus-within") || note.remove(), 7000);
  }
  gerai.toast = function (text, tone) {
    const note = $("#toast-template").content.firstElementChild.cloneNode(true);
    note.dataset.tone = tone || "info";
    $("p", note).textContent = text;
    $("#toasts").append(note);
    arm(note);
  };
  $$("#toasts .toast-note").forEach(arm);
  document.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-toast]");
    if (asked) gerai.toast(asked.dataset.toast, asked.dataset.tone);
    const close = event.target.closest("[data-dismiss-toast]");
    if (close) close.closest(".toast-note").remove();
  });
  // A fragment's answer may carry HX-Trigger: {"gerai:toast": {"text": "…", "tone": "safe"}}.
  document.addEventListener("gerai:toast", (event) => gerai.toast(event.detail.text, event.detail.tone));

  // "Ya / Batal" -----------------------------------------------------------------------------------------------
  gerai.confirm = function (options) {
    const dialog = $("#confirm");
    const title = $("#confirm-title");
    const yes = $('[data-answer="yes"]', dialog);
    title.textContent = options.confirmTitle || title.dataset.default;
    $("#confirm-text").textContent = options.confirm || "";
    yes.textContent = options.confirmYes || yes.dataset.default;
    yes.className = "btn " + (options.confirmTone === "brand" ? "btn-primary" : "btn-danger");
    return new Promise((resolve) => {
      dialog.returnValue = "no";
      dialog.askedAt = Date.now();
      dialog.onclose = () => resolve(dialog.returnValue === "yes");
      dialog.showModal();
      $('[data-answer="no"]', dialog).focus();
    });
  };
  document.addEventListener("click", (event) => {
    const answer = event.target.closest("#confirm [data-answer]");
    if (answer) $("#confirm").close(answer.dataset.answer);
    // The second half of a double click lands beside the question; it is no answer.
    else if (event.target === $("#confirm") && Date.now() - $("#confirm").askedAt > 500) $("#confirm").close("no");
  });
  const agreed = new WeakSet();
  document.addEventListener(
    "click",
    async (event) => {
      const asked = event.target.closest("a[data-confirm], button[data-confirm]");
      if (!asked || agreed.delete(asked) || asked.matches("[hx-get],[hx-post],[hx-put],[hx-patch],[hx-delete]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (await gerai.confirm(asked.dataset)) {
        agreed.add(asked);
        asked.click();
      }
    },
    true,
  );
  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (!form.dataset.confirm || agreed.delete(form) || form.matches("[hx-get],[hx-post]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      if (await gerai.confirm(form.dataset)) {
        agreed.add(form);
        form.requestSubmit(submitter);
      }
    },
    true,
  );
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.elt.dataset.confirm) return;
    event.preventDefault();
    gerai.confirm(event.detail.elt.dataset).then((yes) => yes && event.detail.issueRequest(true));
  });

  // No double submit, and a warning before what was typed is lost ----------------------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.matches("[hx-get],[hx-post]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.method !== "post") return;
    form.dataset.sent = "1";
    delete form.dataset.changed;
    const button = event.submitter || $('button[type="submit"], button:not([type])', form);
    if (button) {
      button.setAttribute("aria-disabled", "true");
      if (button.classList.contains("btn")) {
        const spinner = document.createElement("span");
        spinner.className = "spinner-border";
        spinner.setAttribute("aria-hidden", "true");
        button.prepend(spinner);
      }
    }
    // A file came, and the page stayed; no browser says when.
    if ("downloads" in form.dataset) setTimeout(renew, 2000, form);
  });
  function renew(form) {
    delete form.dataset.sent;
    $$('[aria-disabled="true"]', form).forEach((button) => button.removeAttribute("aria-disabled"));
    $$(".btn > .spinner-border", form).forEach((spinner) => spinner.remove());
  }
  // Back from the next page, out of the browser's cache: the form is new again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) $$("form[data-sent]").forEach(renew);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-warn-unsaved]");
    if (form) form.dataset.changed = "1";
  });
  window.addEventListener("beforeunload", (event) => {
    if ($("form[data-changed]")) event.preventDefault();
  });
  const faulty = $('form[method="post"] [aria-invalid="true"], form[method="post"] .is-invalid');
  if (faulty) faulty.focus();

  // Theme ------------------------------------------------------------------------------------------------------
  function showTheme() {
    $$("[data-theme-pick]").forEach((button) => {
      const picked = button.dataset.themePick === document.documentElement.dataset.themeChoice;
      button.setAttribute("aria-pressed", String(picked));
    });
  }
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-theme-pick]");
    if (!pick) return;
    window.geraiTheme.choose(pick.dataset.themePick);
    showTheme();
  });
  showTheme();

  // Relative times, as the server words them -------------------------------------------------------------------
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  const say = (n, unit) => words.format(-Math.floor(n), unit).replace(" yang lalu", " lalu");
  gerai.ago = function (then) {
    const seconds = Math.round((Date.now() - then) / 1000);
    if (seconds < 60) return null;
    if (seconds < 3600) return say(seconds / 60, "minute");
    if (seconds < 86400) return say(seconds / 3600, "hour");
    return seconds < 30 * 86400 ? say(seconds / 86400, "day") : null;
  };
  setInterval(() => {
    $$("time[data-ago]").forEach((time) => {
      const text = gerai.ago(Date.parse(time.dateTime));
      if (text && text !== time.textContent) time.textContent = text;
    });
  }, 30000);

  // The way back to a list: its filters, page and scroll, kept for this tab ------------------------------------
  function remember() {
    const list = $("[data-list]");
    if (list) sessionStorage.setItem("list:" + location.pathname, JSON.stringify([location.search, scrollY]));
  }
  function recall(path) {
    try {
      return JSON.parse(sessionStorage.getItem("list:" + path)) || ["", 0];
    } catch (e) {
      return ["", 0];
    }
  }
  window.addEventListener("pagehide", remember);
  $$("a[data-list-link]").forEach((link) => {
    const search = recall(link.pathname)[0];
    if (search) link.href = link.pathname + search;
    link.addEventListener("click", () => sessionStorage.setItem("list-return", link.pathname));
  });
  if ($("[data-list]") && sessionStorage.getItem("list-return") === location.pathname) {
    const [search, y] = recall(location.pathname);
    if (search === location.search) scrollTo(0, y);
  }
  sessionStorage.removeItem("list-return");

  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-toggle-filters]");
    if (toggle) toggle.setAttribute("aria-expanded", String(toggle.form.classList.toggle("is-open")));
  });

  // Lists: filters apply as they change ------------------------------------------------------------------------
  document.addEventListener(
    "change",
    // The search has already run while it was typed; leaving the field is no second search.
    (event) => event.target.matches('#list-form input[type="search"]') && event.stopPropagation(),
    true,
  );
  document.addEventListener("change", (event) => {
    const jump = event.target.closest("select[data-jump]");
    if (jump) jump.form.requestSubmit();
  });

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id !== "list-form") return;
    const data = event.detail.parameters;
    Object.keys(data).forEach((key) => data[key] === "" && delete data[key]);
  });

  // htmx: what it must say when it fails, and no login page inside a fragment ----------------------------------
  document.addEventListener("htmx:responseError", () => gerai.toast(texts.textFailed, "danger"));
  document.addEventListener("htmx:sendError", () => gerai.toast(texts.textOffline, "danger"));
  document.addEventListener("htmx:timeout", () => gerai.toast(texts.textOffline, "danger"));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const url = event.detail.xhr.responseURL;
    if (url && new URL(url).pathname.startsWith("/login/")) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });

  // Quick search -----------------------------------------------------------------------------------------------
  const finder = $("#finder");
  if (!finder) return;
  const query = $("#finder-query");
  const links = () => $$("a", finder);
  function pick(step) {
    const all = links();
    if (!all.length) return;
    const now = all.findIndex((link) => link.classList.contains("is-picked"));
    const next = all[(now + step + all.length) % all.length];
    all.forEach((link) => link.classList.toggle("is-picked", link === next));
    next.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!finder.open) finder.showModal();
      query.select();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-open="finder"]')) {
      finder.showModal();
      query.select();
    } else if (event.target === finder) finder.close();
    const close = event.target.closest("[data-close-dialog]");
    if (close) close.closest("dialog").close();
  });
  query.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      pick(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const chosen = $("a.is-picked", finder) || links()[0];
      if (chosen) chosen.click();
    }
  });
})();
