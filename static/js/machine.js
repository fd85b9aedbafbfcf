// The page of one machine: its graphs, fed by one request for each range and then by the websocket.
(function () {
  const gerai = window.gerai;
  const page = document.getElementById("machine-page");
  if (!page) return;

  const { machine: id, seriesUrl, zone, zoneName } = page.dataset;
  const zoneOffset = Number(page.dataset.zoneOffset);
  const interval = Number(page.dataset.interval);
  const metrics = JSON.parse(document.getElementById("machine-metrics").textContent);
  const RAW_REPAINT_MS = 1000;
  const TICK_MS = 5000;
  const TABLE_ROWS = 60;
  let range = page.dataset.range;
  let store = null;
  let newest = page.dataset.sampledAt ? Date.parse(page.dataset.sampledAt) : null;
  let asking = null;
  let paintTimer = 0;
  let dirty = false;

  const panels = [...page.querySelectorAll("[data-graph]")].map((figure) => {
    const series = JSON.parse(figure.dataset.graph);
    const names = series.map(({ name }) => name);
    const unit = metrics[names[0]].unit;
    const limits = ["warning", "danger"]
      .filter((tone) => metrics[names[0]][tone] !== null)
      .map((tone) => ({ tone, value: metrics[names[0]][tone], label: metrics[names[0]][`${tone}_label`] }));
    if (figure.dataset.reference) {
      limits.push({ tone: "reference", value: Number(figure.dataset.reference), label: figure.dataset.referenceLabel });
    }
    const spec = { unit, limits, zone, zoneName, zoneOffset, name: figure.dataset.name, series };
    const canvas = figure.querySelector(".graph-canvas");
    return { figure, spec, names, chart: gerai.charts.create(canvas, spec), table: figure.querySelector("details") };
  });

  function moving() {
    return store && store.kind === "sample";
  }

  function slide() {
    // The window ends now and keeps its length, so that a machine that fell silent shows it.
    const end = Math.max(Date.now(), store.window[1]);
    store.window = [end - store.span, end];
    while (store.at.length && store.at[0] < store.window[0] - store.step * 1000) {
      store.at.shift();
      Object.values(store.values).forEach((values) => values.shift());
    }
  }

  function paint() {
    clearTimeout(paintTimer);
    paintTimer = 0;
    dirty = false;
    if (!store) return;
    if (moving()) slide();
    panels.forEach((panel) => {
      panel.chart.show(store);
      panel.figure.classList.toggle("is-empty", !panel.names.some((name) => (store.values[name] || []).some((value) => value !== null)));
      if (panel.table.open) fillTable(panel);
    });
  }

  function paintSoon() {
    dirty = true;
    if (!paintTimer && !document.hidden) paintTimer = setTimeout(paint, RAW_REPAINT_MS);
  }

  function accept(answer) {
    store = { ...answer, window: [answer.start, answer.end], span: answer.end - answer.start };
    page.classList.remove("is-loading", "is-failed");
    paint();
  }

  async function ask() {
    if (asking) asking.abort();
    const mine = (asking = new AbortController());
    const wanted = range;
    try {
      const response = await fetch(`${seriesUrl}?range=${wanted}`, { signal: mine.signal, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(response.status);
      const answer = await response.json();
      if (wanted === range) accept(answer);
    } catch (error) {
      if (error.name === "AbortError") return;
      page.classList.remove("is-loading");
      page.classList.toggle("is-failed", !store);
    } finally {
      if (asking === mine) asking = null;
    }
  }

  function hear(data) {
    newest = data.status === "nodata" ? newest : Date.parse(data.at);
    sayState();
    sayReasons(data);
    showDetails(data);
    if (!store || data.status === "nodata") return;
    if (!moving()) {
      // A finished interval adds a point to a roll-up; asking more often would show nothing new.
      if (Date.now() - store.end > store.step * 1000) ask();
      return;
    }
    const at = Date.parse(data.at);
    if (store.at.length && at <= store.at[store.at.length - 1]) return;
    store.at.push(at);
    // One poll is its own lowest and highest.
    Object.keys(store.values).forEach((name) => store.values[name].push(data[name.replace(/_(min|max)$/, "")] ?? null));
    paintSoon();
  }

  // ---- Disks, memory, processes ----------------------------------------------------------------------------------

  function showDetails(data) {
    const { write } = gerai.units;
    const free = page.querySelector("[data-memory-free]");
    if (free && data.mem_used) free.textContent = write(Number(free.dataset.memoryFree) - data.mem_used, "bytes");
    (data.disks || []).forEach((disk) => {
      const row = page.querySelector(`[data-mount="${CSS.escape(disk.mount)}"]`);
      if (!row) return;
      row.querySelector("progress").value = Math.round(disk.pct);
      row.querySelector('[data-disk="pct"]').textContent = write(disk.pct, "percent");
      row.querySelector('[data-disk="used"]').textContent = interpolate(
        gettext("%(used)s of %(total)s"),
        { used: write(disk.used, "bytes"), total: write(disk.total, "bytes") },
        true,
      );
    });
    const body = page.querySelector("[data-processes]");
    if (!body || !data.top_processes || !data.top_processes.length) return;
    const lines = data.top_processes.map(({ name, pid, cpu, memory }) => [name, String(pid), write(cpu, "percent"), write(memory, "bytes")]);
    if (body.dataset.processes === JSON.stringify(lines)) return;
    body.dataset.processes = JSON.stringify(lines);
    const heads = [...body.closest("table").tHead.rows[0].cells].map((cell) => cell.textContent);
    body.replaceChildren(
      ...lines.map((line) => {
        const row = document.createElement("tr");
        line.forEach((word, place) => {
          const cell = row.insertCell();
          cell.className = place ? "num" : "cell-title mono";
          if (place) cell.dataset.label = heads[place];
          cell.textContent = word;
        });
        return row;
      }),
    );
  }

  // ---- Words -------------------------------------------------------------------------------------------------

  const state = page.querySelector("[data-live-state]");
  function sayState() {
    const late = newest === null || Date.now() - newest > Math.max(3 * interval, 20) * 1000;
    let tone = "on";
    let words = gettext("Live");
    if (gerai.live.state !== "on") {
      tone = "connecting";
      words = gettext("Connecting…");
    } else if (late) {
      tone = "silent";
      words = newest === null ? gettext("No data yet") : interpolate(gettext("No data since %(time)s"), { time: gerai.machines.exact(newest) }, true);
    }
    if (state.dataset.liveState === tone && state.lastElementChild.textContent === words) return;
    state.dataset.liveState = tone;
    state.lastElementChild.textContent = words;
  }

  const reasons = page.querySelector("[data-reasons]");
  function sayReasons(data) {
    const words = (data.reasons || [])
      .filter((reason) => metrics[reason.metric])
      .map((reason) => {
        const metric = metrics[reason.metric];
        const write = (value) => gerai.units.write(value, metric.unit);
        return interpolate(
          gettext("%(metric)s %(value)s, limit %(limit)s"),
          { metric: metric.label, value: write(reason.value), limit: write(reason.limit) },
          true,
        );
      });
    const banner = reasons.closest(".banner");
    const text = words.join(" · ");
    if (!text && data.status !== "safe") return;
    if (reasons.textContent.trim() !== text) reasons.textContent = text;
    banner.hidden = !text;
    banner.className = `banner tone-${data.status === "danger" ? "danger" : "warning"}`;
  }

  function fillTable({ table, spec }) {
    const holder = table.querySelector("div");
    const times = new Intl.DateTimeFormat(document.documentElement.lang, {
      day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone,
    });
    const every = Math.max(1, Math.ceil(store.at.length / TABLE_ROWS));
    const rows = [];
    for (let index = store.at.length - 1; index >= 0; index -= every) {
      const cells = spec.series.map(({ name }) => gerai.units.write(store.values[name]?.[index], spec.unit));
      rows.push([times.format(store.at[index]), ...cells]);
    }
    const grid = document.createElement("table");
    grid.className = "graph-numbers";
    const caption = grid.createCaption();
    caption.textContent = `${spec.name}, ${zoneName}`;
    const head = grid.createTHead().insertRow();
    [gettext("Time"), ...spec.series.map(({ label }) => label)].forEach((word, place) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      if (place) cell.className = "num";
      cell.textContent = word;
      head.append(cell);
    });
    const body = grid.createTBody();
    rows.forEach((row) => {
      const line = body.insertRow();
      row.forEach((word, place) => {
        const cell = line.insertCell();
        if (place) cell.className = "num";
        cell.textContent = word;
      });
    });
    const top = holder.scrollTop;
    holder.replaceChildren(grid);
    holder.scrollTop = top;
  }

  // ---- Range -------------------------------------------------------------------------------------------------

  const links = [...page.querySelectorAll("[data-range-link]")];
  function choose(next, { push }) {
    range = next;
    links.forEach((link) => {
      if (link.dataset.rangeLink === next) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    if (push) history.pushState({ range }, "", `?range=${next}`);
    page.classList.add("is-loading");
    ask();
  }
  links.forEach((link) =>
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
      event.preventDefault();
      choose(link.dataset.rangeLink, { push: true });
    }),
  );
  window.addEventListener("popstate", () => {
    const wanted = new URLSearchParams(location.search).get("range");
    choose(links.some((link) => link.dataset.rangeLink === wanted) ? wanted : page.dataset.range, { push: false });
  });

  // ---- The minute of load --------------------------------------------------------------------------------------

  const countdown = document.querySelector("[data-load-until]");
  if (countdown) {
    const until = Date.parse(countdown.dataset.loadUntil);
    const timer = setInterval(() => {
      const left = Math.ceil((until - Date.now()) / 1000);
      if (left > 0) {
        countdown.textContent = interpolate(gettext("Loading, %(n)s s left"), { n: left }, true);
        return;
      }
      clearInterval(timer);
      document.querySelector("[data-load-running]").hidden = true;
      document.querySelector("[data-load-form]").hidden = false;
    }, 500);
  }

  panels.forEach((panel) => panel.table.addEventListener("toggle", () => panel.table.open && store && fillTable(panel)));
  gerai.live.on(`monitoring.machine.${id}`, hear);
  document.addEventListener("gerai:live", sayState);
  document.addEventListener("gerai:live-resumed", ask);
  document.addEventListener("visibilitychange", () => !document.hidden && dirty && paint());
  setInterval(() => {
    sayState();
    if (moving() && !document.hidden) paint();
  }, TICK_MS);
  history.replaceState({ range }, "");
  sayState();
  ask();
})();
