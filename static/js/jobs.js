// Keeps jobs on a page fresh: whatever bears data-job="<id>" is bound. Numbers move where they stand, by the websocket
// or, without it, by asking every few seconds; when a job's state changes, its part of the page is fetched again.
(function () {
  const gerai = (window.gerai = window.gerai || {});
  const POLL_MS = 3000;
  // Of whom the websocket brought news so lately nobody needs to ask.
  const FRESH_MS = 4000;
  const words = new Intl.NumberFormat(document.documentElement.lang);
  const bound = new Map();
  let refreshing = false;
  const heard = new Map();

  const open = () => [...document.querySelectorAll("[data-job]")];

  function put(place, text) {
    if (place && place.textContent !== text) place.textContent = text;
  }

  function show(element, { done, total, note }) {
    const bar = element.querySelector("progress");
    if (bar) {
      if (total) {
        bar.max = total;
        bar.value = Math.min(done, total);
      } else {
        bar.removeAttribute("value");
      }
    }
    const count = element.querySelector("[data-job-count]");
    if (count) {
      const text = total
        ? count.dataset.of.replace("{done}", words.format(done)).replace("{total}", words.format(total))
        : done ? words.format(done) : "";
      put(count, text);
    }
    put(element.querySelector("[data-job-note]"), note);
  }

  function refresh() {
    if (refreshing || !window.htmx) return;
    const target = document.getElementById("job") ? "#job" : "#list";
    refreshing = true;
    Promise.resolve(htmx.ajax("GET", location.pathname + location.search, { target, swap: "outerHTML" })).finally(() => {
      refreshing = false;
      bind();
    });
  }

  function hear(job) {
    open().forEach((element) => {
      if (element.dataset.job !== String(job.id)) return;
      if (element.dataset.state !== job.state) refresh();
      else show(element, job);
    });
  }

  function hearLive(job) {
    heard.set(String(job.id), Date.now());
    hear(job);
  }

  function bind() {
    const here = new Set(open().map((element) => element.dataset.job));
    bound.forEach((end, id) => {
      if (here.has(id)) return;
      end();
      bound.delete(id);
    });
    here.forEach((id) => {
      if (!bound.has(id)) bound.set(id, gerai.live.on(`core.job.${id}`, hearLive));
    });
  }

  async function poll() {
    const stale = (id) => Date.now() - (heard.get(id) || 0) > FRESH_MS;
    const ids = [...new Set(open().map((element) => element.dataset.job))].filter(stale);
    if (!ids.length || document.hidden) return;
    try {
      const response = await fetch(`/jobs/states/?${ids.map((id) => `id=${id}`).join("&")}`, { headers: { Accept: "application/json" } });
      if (response.ok && !response.redirected) (await response.json()).jobs.forEach(hear);
    } catch {
      // No connection: the next turn asks again.
    }
  }

  bind();
  setInterval(poll, POLL_MS);
  document.addEventListener("htmx:afterSettle", bind);
  document.addEventListener("gerai:live-resumed", poll);
  document.addEventListener("visibilitychange", poll);
})();
