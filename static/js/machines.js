// Keeps what stands on a page about machines alive, where it stands: values, badge, small graph, time of the last answer.
// Whatever bears data-machine="<id>" is bound; the order of a list changes only when the page is loaded again.
(function () {
  const gerai = (window.gerai = window.gerai || {});
  const bound = new Map();
  const newest = new Map();
  const page = () => document.querySelector("[data-zone]")?.dataset || {};

  function exact(at) {
    const { zone, zoneName } = page();
    const options = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
    return `${new Intl.DateTimeFormat(document.documentElement.lang, { ...options, timeZone: zone }).format(at)} ${zoneName || ""}`.trim();
  }

  function badge(status) {
    const source = document.getElementById("machine-badges");
    const fresh = source?.content.querySelector(`[data-status="${status}"]`);
    return fresh ? [...fresh.childNodes].map((node) => node.cloneNode(true)) : null;
  }

  function showBadge(place, status) {
    if (place.dataset.badge === status) return;
    const fresh = badge(status);
    if (!fresh) return;
    place.dataset.badge = status;
    place.replaceChildren(...fresh);
    place.classList.remove("is-changed");
    // Reading the width restarts the animation.
    void place.offsetWidth;
    place.classList.add("is-changed");
  }

  function showValue(place, value) {
    if (place instanceof HTMLProgressElement) {
      if (value === null || value === undefined) place.removeAttribute("value");
      else place.value = value;
      return;
    }
    const words = gerai.units.write(value, place.dataset.unit);
    if (place.textContent !== words) place.textContent = words;
  }

  function showSeen(place, at) {
    const time = place.querySelector("time") || document.createElement("time");
    time.dataset.ago = "";
    time.dateTime = at.toISOString();
    time.title = exact(at);
    time.textContent = gettext("just now");
    if (!time.parentNode) place.replaceChildren(time);
  }

  function show(root, data) {
    root.querySelectorAll("[data-value]").forEach((place) => showValue(place, data[place.dataset.value]));
    root.querySelectorAll("[data-badge]").forEach((place) => showBadge(place, data.status));
    root.querySelectorAll("svg.spark").forEach((svg) => gerai.sparkline.append(svg, data.cpu));
    // No data is no answer: the time of the last one stays.
    if (data.status !== "nodata") root.querySelectorAll("[data-seen]").forEach((place) => showSeen(place, new Date(data.at)));
    root.dataset.status = data.status;
  }

  function hear(id, data) {
    const before = newest.get(id);
    // After a reconnect an older message may come behind a newer one.
    if (before && before > data.at) return;
    newest.set(id, data.at);
    document.querySelectorAll(`[data-machine="${id}"]`).forEach((root) => show(root, data));
    count(id, data.status);
  }

  // The counts by colour, of all the person's machines and not only of those in sight.
  function count(id, status) {
    document.querySelectorAll("[data-machine-counts]").forEach((counts) => {
      const statuses = JSON.parse(counts.dataset.machineCounts);
      if (statuses[id] === undefined || statuses[id] === status) return;
      statuses[id] = status;
      counts.dataset.machineCounts = JSON.stringify(statuses);
      const all = Object.values(statuses);
      counts.querySelectorAll("[data-count]").forEach((place) => {
        place.textContent = gerai.units.number(all.filter((each) => each === place.dataset.count).length);
      });
    });
  }

  function idsOnPage() {
    const ids = new Set([...document.querySelectorAll("[data-machine]")].map((root) => root.dataset.machine));
    document.querySelectorAll("[data-machine-counts]").forEach((counts) => {
      Object.keys(JSON.parse(counts.dataset.machineCounts)).forEach((id) => ids.add(id));
    });
    return ids;
  }

  function bind() {
    const ids = idsOnPage();
    bound.forEach((end, id) => {
      if (ids.has(id)) return;
      end();
      bound.delete(id);
    });
    ids.forEach((id) => {
      if (!bound.has(id)) bound.set(id, gerai.live.on(`monitoring.machine.${id}`, (data) => hear(id, data)));
    });
  }

  gerai.machines = { exact };
  document.addEventListener("DOMContentLoaded", bind);
  // A list that htmx has filtered or paged.
  document.addEventListener("htmx:afterSettle", bind);
})();
