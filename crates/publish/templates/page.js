// The script of the office's page and of the agencies' pages: filter, decisions, and what is behind every figure. It adds
// no figure of its own: sums, states and places come from the side scripts, which are loaded when somebody asks for them.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  var facts = JSON.parse(document.getElementById("facts").textContent);
  var one = function (id) { return document.getElementById(id); };
  var all = function (what, within) { return Array.prototype.slice.call((within || document).querySelectorAll(what)); };

  // A phrase with its blanks filled.
  function say(key, values) {
    return (facts.words[key] || key).replace(/\{(\w+)\}/g, function (whole, name) {
      return values && name in values ? String(values[name]) : whole;
    });
  }

  // An element with attributes and children; text never becomes markup.
  function make(tag, attributes) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      if (name === "click") node.addEventListener("click", attributes.click);
      else if (attributes[name] !== null && attributes[name] !== false) node.setAttribute(name, attributes[name]);
    });
    for (var i = 2; i < arguments.length; i++) {
      var child = arguments[i];
      if (child !== null && child !== undefined) node.append(child);
    }
    return node;
  }
  var named = function (text) { return make("bdi", {}, text); };
  function button(text, click, attributes) {
    return make("button", Object.assign({ type: "button", click: click }, attributes || {}), text);
  }

  // ---- side scripts -------------------------------------------------------------------------------------------------
  var loaded = {}, waiting = {};
  window.nianbao = function (what, value) { loaded[what] = value; };
  // Calls `then` with what a side script holds, or with nothing if it cannot be opened.
  function load(what, then) {
    if (what in loaded) return then(loaded[what]);
    if (waiting[what]) return waiting[what].push(then);
    waiting[what] = [then];
    var script = document.createElement("script");
    script.src = facts.up + "page/" + what + ".js";
    script.onload = script.onerror = function () {
      var list = waiting[what];
      delete waiting[what];
      script.remove();
      list.forEach(function (call) { call(loaded[what]); });
    };
    document.head.append(script);
  }
  function failed(what) { return say("js_load_failed", { file: "page/" + what + ".js" }); }

  // ---- dialogs ------------------------------------------------------------------------------------------------------
  all("dialog").forEach(function (dialog) {
    all("[data-close]", dialog).forEach(function (b) { b.addEventListener("click", function () { dialog.close(); }); });
    dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });
  });
  // The browser keeps the focus inside and gives it back to what opened the dialog.
  function show(title) {
    var panel = one("panel");
    one("panel-title").textContent = title;
    one("panel-body").replaceChildren();
    if (!panel.open) panel.showModal();
    panel.scrollTop = 0;
    return one("panel-body");
  }

  // ---- what a cell of a report holds --------------------------------------------------------------------------------
  // Returns the figure as text, what is to be said of it, and whether it is in the sum.
  function cell(value, why) {
    if (value === null || value === undefined) return { text: "", state: say("js_absent"), known: false };
    if (value === "") return { text: "", state: say("js_blank"), known: false };
    if (!Array.isArray(value)) return { text: String(value), state: say("js_read"), known: true };
    var text = String(value[1]);
    switch (value[0]) {
      case "n": return { text: text, state: say("js_none", { raw: text }), known: true, zero: true };
      case "t": return { text: text, state: say("js_text"), known: false };
      case "e": return { text: "", state: say("js_elsewhere"), known: false, elsewhere: true };
      case "d": return { text: text + "*", state: say("js_derived", { why: why[value[2]] }), known: true };
      case "c": return { text: text + "†", state: value[2] ? say("js_corrected", { raw: value[2] }) : say("js_corrected_blank"), known: true };
      default: return { text: text, state: say("js_raw", { raw: value[2] }), known: true };
    }
  }
  function lookup(data, agency, at) {
    var report = data.reports[agency];
    if (!report) return { text: "", state: data.statuses[agency] === "missing" ? say("js_missing") : say("js_absent"), known: false, none: true };
    var found = cell(report[2][at], data.why);
    found.file = data.files[report[0]];
    found.place = data.places[data.layouts[report[1]][at]];
    return found;
  }
  function source(found) {
    var td = make("td");
    if (found.file) td.append(named(found.file));
    if (found.file && found.place) td.append(make("br"));
    if (found.place) td.append(make("span", { "class": "muted" }, found.place));
    return td;
  }
  function head(words) {
    var row = make("tr");
    words.forEach(function (w) { row.append(make("th", { scope: "col", "class": w === words[1] ? "num" : null }, w)); });
    return make("thead", {}, row);
  }
  function framed(table, label) {
    return make("div", { "class": "scroll", tabindex: "0", role: "region", "aria-label": label }, table);
  }
  // For sorting alone; figures are shown as they came.
  function size(text) { var n = parseFloat(String(text).replace(/[≥*†]/g, "")); return isNaN(n) ? -Infinity : n; }

  // ---- the agencies behind a sum ------------------------------------------------------------------------------------
  // A sum with what is missing in it: a lower bound, unless a missing part could lower it.
  function bound(data, group, at) {
    var text = data.groups[group][2][at], missing = data.groups[group][3][at];
    if (!text || !missing) return text || "";
    return data.signed.indexOf(at) < 0 ? "≥" + text : text + say("par_open") + say("incomplete") + say("par_close");
  }
  var order = "registry", flat = false;
  function below(data, group) {
    return data.groups.map(function (g, i) { return i; }).filter(function (i) { return data.groups[i][1] === group; });
  }
  function inside(data, home, group) {
    for (var g = home; g !== null && g !== undefined; g = data.groups[g][1]) if (g === group) return true;
    return false;
  }
  function parts(year, data, group, at, focus) {
    var g = data.groups[group];
    var label = data.names[at] || data.cells[at];
    var body = show(label);
    var crumbs = make("ul", { "class": "crumbs" });
    for (var up = group, list = []; up !== null && up !== undefined; up = data.groups[up][1]) list.unshift(up);
    list.forEach(function (i, n) {
      var name = data.groups[i][0];
      crumbs.append(make("li", {}, n ? "› " : null, i === group ? make("b", {}, named(name)) : button(name, function () { parts(year, data, i, at, true); })));
    });
    crumbs.append(make("li", { "class": "muted" }, " · " + year));
    var text = bound(data, group, at), missing = g[3][at], reports = g[4][at];
    body.append(crumbs, make("p", { "class": "sum" }, text || say("js_blank_figure")));
    var groups = below(data, group);
    var agencies = data.agencies.map(function (a, i) { return i; }).filter(function (i) { return inside(data, data.homes[i], group); });
    var lacking = missing ? agencies.filter(function (i) { var found = lookup(data, i, at); return !found.known && !found.elsewhere; }) : [];
    body.append(make("p", {}, reports ? say("js_reports", { n: reports }) : say("js_no_figure"), " ",
      missing ? say("js_lacking", { n: missing }) : say("js_whole"),
      missing ? named(lacking.map(function (i) { return data.agencies[i][1]; }).join(say("js_comma")) + say("js_stop")) : null));
    var tools = make("div", { "class": "tools" });
    var again = function () { parts(year, data, group, at); };
    if (groups.length) {
      var box = make("input", { type: "checkbox", id: "flat" });
      box.checked = flat;
      box.addEventListener("change", function () { flat = box.checked; again(); one("flat").focus(); });
      tools.append(make("label", {}, box, " " + say("js_flat")));
    }
    var other = order === "registry" ? "js_by_figure" : "js_by_order";
    tools.append(button(say(other), function () {
      order = order === "registry" ? "figure" : "registry";
      again();
      one("order").focus();
    }, { id: "order" }));
    body.append(tools);
    var rows = [];
    if (groups.length && !flat) groups.forEach(function (i) {
      var sum = data.groups[i], short = sum[3][at];
      if (!data.homes.some(function (h) { return inside(data, h, i); })) return;
      rows.push({
        size: size(sum[2][at]),
        node: make("tr", { "class": short ? "lacks" : null, "data-group": i },
          make("th", { scope: "row", "class": "side" }, named(sum[0]), " ", button(say("js_more"), function () { parts(year, data, i, at, true); }, { "aria-label": say("js_more") + say("colon") + sum[0] })),
          make("td", { "class": "num" }, bound(data, i, at)), make("td", {}, short ? say("js_part_missing", { n: short }) : say("js_members")), make("td"))
      });
    });
    agencies.forEach(function (i) {
      if (groups.length && !flat && data.homes[i] !== group) return;
      var agency = data.agencies[i], found = lookup(data, i, at);
      var place = year === facts.year && !found.none ? "#" + encodeURIComponent(data.cells[at]) : "";
      var mark = data.marks[i + "." + at];
      mark = mark ? make("a", { "class": "mark " + mark[1], href: "#f" + mark[0], title: mark[2], "aria-label": mark[2] }) : null;
      if (mark) mark.addEventListener("click", function () { one("panel").close(); });
      var name = agency[2] ? make("a", { href: facts.up + agency[2] + place }, named(agency[1])) : named(agency[1]);
      rows.push({
        size: found.known ? (found.zero ? 0 : size(found.text)) : -Infinity,
        node: make("tr", { "class": missing && !found.known && !found.elsewhere ? "lacks" : null, "data-known": found.known ? "1" : "0" },
          make("th", { scope: "row", "class": "side" }, name), make("td", { "class": "num" }, found.text, mark), make("td", {}, found.state), source(found))
      });
    });
    if (order === "figure") rows.sort(function (a, b) { return a.size === b.size ? 0 : b.size > a.size ? 1 : -1; });
    var table = make("table", { "class": "plain", id: "parts" }, head([say("agency"), say("found"), say("js_state"), say("js_source")]));
    var tbody = make("tbody");
    rows.forEach(function (r) { tbody.append(r.node); });
    table.append(tbody, make("tfoot", {}, make("tr", {}, make("th", { scope: "row" }, say("js_sum")), make("td", { "class": "num" }, text), make("td"), make("td"))));
    body.append(framed(table, say("js_parts")));
    if (focus) one("panel-title").closest("dialog").querySelector(".close").focus();
  }

  var shownYear = facts.year, shownGroup = 0;
  function buttons(within) {
    all("td[data-c]", within).forEach(function (td) {
      var text = td.textContent;
      var b = button(text || "\u00a0", null, { "class": "v", "aria-haspopup": "dialog", "aria-label": text ? null : say("js_blank_figure") });
      td.replaceChildren(b);
    });
  }
  function choose() {
    var chosen = one("chosen");
    load(String(shownYear), function (data) {
      if (!data) { chosen.textContent = failed(shownYear); return; }
      var place = one("sums"), g = data.groups[shownGroup];
      // The tables of a year come filled in by the program, every text escaped.
      place.innerHTML = data.html;
      var lower = false, shaded = false;
      all("td[data-c]", place).forEach(function (td) {
        var at = Number(td.dataset.c);
        td.textContent = g[2][at] || "";
        // Where whole reports are missing every figure lacks them; only what lacks more is shaded.
        td.classList.toggle("lower", g[3][at] > data.absent[shownGroup]);
        shaded = shaded || g[3][at] > data.absent[shownGroup];
        lower = lower || g[3][at] > 0;
      });
      buttons(place);
      var who = function (status) {
        return data.agencies.filter(function (a, i) { return data.statuses[i] === status && inside(data, data.homes[i], shownGroup); })
          .map(function (a) { return a[1]; }).join(say("js_comma"));
      };
      var note = make("p", { "class": "muted small table-note" });
      if (!lower) note.textContent = say("complete");
      else {
        note.append(say("note"));
        [["gap_names", who("missing")], ["gap_partial", who("partial")]].forEach(function (pair) {
          if (pair[1]) note.append(say(pair[0]), named(pair[1]), say("js_stop"), " ");
        });
        if (shaded) note.append(say("gap_shaded"));
      }
      place.append(note);
      chosen.textContent = g[0] + " · " + shownYear;
    });
    if (one("choose").elements.group) load("series", function (series) {
      if (!series) return;
      one("series").innerHTML = series[shownGroup];
      load(String(shownYear), function (data) { if (data) one("years-of").textContent = shownGroup ? " · " + data.groups[shownGroup][0] : ""; });
    });
  }
  if (one("sums")) {
    buttons(one("sums"));
    one("sums").addEventListener("click", function (event) {
      var td = event.target.closest("td[data-c]");
      if (!td) return;
      var year = shownYear, group = shownGroup, at = Number(td.dataset.c);
      load(String(year), function (data) {
        if (data) parts(year, data, group, at);
        else show(failed(year));
      });
    });
    var form = one("choose");
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("change", function () {
      shownYear = Number(form.elements.year.value);
      shownGroup = form.elements.group ? Number(form.elements.group.value) : 0;
      choose();
    });
    // A browser may bring back what was chosen before the page was left.
    if (Number(form.elements.year.value) !== shownYear || (form.elements.group && Number(form.elements.group.value) !== 0)) form.dispatchEvent(new Event("change"));
  }

  // ---- a cell of an agency over the years ---------------------------------------------------------------------------
  function history(id, title) {
    var body = show(title + " · " + say("js_history"));
    body.append(make("p", { role: "status" }, say("js_loading")));
    var left = facts.years.length, years = {};
    facts.years.forEach(function (year) {
      load(String(year), function (data) {
        years[year] = data;
        left -= 1;
        if (!left) fill();
      });
    });
    if (!left) fill();
    function fill() {
      var tbody = make("tbody");
      facts.years.slice().reverse().forEach(function (year) {
        var data = years[year], found;
        var agency = data ? data.agencies.findIndex(function (a) { return a[0] === facts.agency; }) : -1;
        if (!data) found = { text: "", state: failed(year) };
        else if (agency < 0) found = { text: "", state: say("js_missing") };
        else {
          var at = data.cells.indexOf(id);
          found = at < 0 ? { text: "", state: say("js_no_cell") } : lookup(data, agency, at);
        }
        tbody.append(make("tr", {}, make("th", { scope: "row", "class": "side" }, String(year)), make("td", { "class": "num" }, found.text), make("td", {}, found.state), source(found)));
      });
      body.replaceChildren(framed(make("table", { "class": "plain", id: "parts" }, head([say("js_year"), say("found"), say("js_state"), say("js_source")]), tbody), say("js_history")));
    }
  }
  all("#s-tables td .v").forEach(function (span) {
    var td = span.parentNode, text = span.textContent;
    span.replaceWith(button(text || "\u00a0", function () {
      // The name of the cell stands in this year's side script; without it the id has to do.
      load(String(facts.year), function (data) {
        var at = data ? data.cells.indexOf(td.id) : -1;
        history(td.id, at < 0 ? td.id : data.names[at]);
      });
    }, { "class": "v", "aria-haspopup": "dialog", "aria-label": text ? null : say("js_blank_figure") }));
  });

  // ---- paper: what is folded on the screen is printed ------------------------------------------------------------
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = all(".calls details:not([open]), .finding details:not([open])");
    opened.forEach(function (d) { d.open = true; });
  });
  window.addEventListener("afterprint", function () { opened.forEach(function (d) { d.open = false; }); });

  // ---- findings: filter and search ----------------------------------------------------------------------------------
  var filter = one("filter");
  function plain(text) { return text.normalize("NFKC").toLowerCase().replace(/\s+/g, " "); }
  function apply() {
    var wanted = { s: filter.elements.s.value, r: filter.elements.r.value, t: filter.elements.t.value, a: filter.elements.a ? filter.elements.a.value : "" };
    var words = plain(filter.elements.q.value).split(" ").filter(Boolean);
    var asked = words.length || wanted.s || wanted.r || wanted.t || wanted.a;
    if (asked && later()) return;
    var shown = 0, list = all(".finding");
    list.forEach(function (li) {
      var fits = ["s", "r", "a", "t"].every(function (k) { return !wanted[k] || li.dataset[k] === wanted[k]; });
      if (fits && words.length) {
        li.plain = li.plain || plain(li.textContent);
        fits = words.every(function (w) { return li.plain.indexOf(w) >= 0; });
      }
      li.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    one("shown").textContent = say("js_shown", { n: shown, all: list.length + (one("later") ? Number(one("later").dataset.n) : 0) });
  }
  // Brings in the findings that are not in the first file; says whether the filter has to wait for them.
  function later() {
    var note = one("later");
    if (!note || note.dataset.failed) return false;
    load("findings", function (html) {
      if (html) {
        one("open").insertAdjacentHTML("beforeend", html[0]);
        note.remove();
        decorate();
      } else {
        note.dataset.failed = "1";
        note.textContent = failed("findings");
      }
      apply();
    });
    return true;
  }
  if (filter) {
    filter.hidden = false;
    filter.addEventListener("submit", function (event) { event.preventDefault(); });
    filter.addEventListener("input", apply);
    filter.addEventListener("reset", function () { setTimeout(apply); });
    if (one("later")) {
      var more = one("later").querySelector("button");
      more.hidden = false;
      more.addEventListener("click", later);
    }
  }
  function fromAddress() {
    var asked = /^#rule=(.+)$/.exec(location.hash);
    if (!asked || !filter) return;
    filter.elements.r.value = decodeURIComponent(asked[1]);
    apply();
    one("findings").scrollIntoView();
  }
  // A link to a finding shows it even if the filter or the first file leaves it out.
  function reveal() {
    var id = /^#(f\d+)$/.exec(location.hash);
    if (!id || !filter) return;
    var go = function () { var li = one(id[1]); if (li) { li.hidden = false; li.scrollIntoView(); } };
    if (!one(id[1]) && later()) return load("findings", function () { setTimeout(go); });
    go();
  }

  // ---- decisions ----------------------------------------------------------------------------------------------------
  var store = "nianbao:" + facts.title;
  var decided = [];
  try { decided = JSON.parse(sessionStorage.getItem(store)) || []; } catch (e) { decided = []; }
  // A field of a CSV: quoted where it must be; what a workbook would take for a formula gets an apostrophe in front.
  function field(text, free) {
    text = String(text).replace(/[\r\n\t]+/g, " ").trim();
    if (free && /^[=+\-@]/.test(text)) text = "'" + text;
    return /[",']|^\s|\s$/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }
  function csv(d) { return [field(d.key), d.decision, field(d.reason, true), field(d.by, true), field(d.date, true)].join(","); }
  var current = null;
  function decide(li) {
    var form = one("decide").querySelector("form"), before = decided.find(function (d) { return d.key === li.dataset.k; });
    current = li;
    var agency = li.querySelector(".line strong");
    one("decide-what").textContent = (agency ? agency.textContent + say("colon") : "") + li.querySelector(".message").textContent;
    one("decide-error").textContent = "";
    form.elements.decision.value = before ? before.decision : "confirmed";
    form.elements.reason.value = before ? before.reason : "";
    form.elements.by.value = before ? before.by : (decided.length ? decided[decided.length - 1].by : "");
    var now = new Date(), two = function (n) { return (n < 10 ? "0" : "") + n; };
    form.elements.date.value = before ? before.date : now.getFullYear() + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate());
    one("decide").showModal();
  }
  function basket() {
    try { sessionStorage.setItem(store, JSON.stringify(decided)); } catch (e) { /* kept for this page alone */ }
    var box = one("basket");
    if (!box) return;
    box.hidden = !decided.length;
    one("basket-title").textContent = say("js_basket", { n: decided.length });
    one("lines").value = decided.map(csv).join("\n");
    one("basket-list").replaceChildren.apply(one("basket-list"), decided.map(function (d) {
      return make("li", {}, make("b", {}, d.word), say("colon"), named(d.what), say("par_open") + d.reason + say("par_close") + " ",
        button(say("js_remove"), function () { drop(d.key); }, { "aria-label": say("js_remove") + say("colon") + d.what }));
    }));
    all(".finding").forEach(mark);
  }
  function drop(key) {
    decided = decided.filter(function (d) { return d.key !== key; });
    basket();
    one("copied").textContent = say("js_basket", { n: decided.length });
  }
  function mark(li) {
    var act = li.querySelector(".act");
    if (!act) return;
    var d = decided.find(function (x) { return x.key === li.dataset.k; });
    var text = act.querySelector(".decided");
    if (text) text.remove();
    act.querySelector("button").textContent = say(d ? "js_edit" : "js_decide");
    if (d) act.prepend(make("span", { "class": "decided" }, say("js_decided") + d.word + say("par_open") + d.reason + say("par_close")), " ");
  }
  function decorate() {
    all("#open > .finding").forEach(function (li) {
      if (li.querySelector(".act")) return;
      li.querySelector(".foot").prepend(make("span", { "class": "act" }, button(say("js_decide"), null, { "aria-haspopup": "dialog" })));
    });
    basket();
  }
  if (one("open")) one("open").addEventListener("click", function (event) {
    if (event.target.closest(".act button")) decide(event.target.closest(".finding"));
  });
  one("decide").querySelector("form").addEventListener("submit", function (event) {
    event.preventDefault();
    var form = event.target, reason = form.elements.reason.value.trim();
    if (!reason) {
      one("decide-error").textContent = say("js_reason_missing");
      form.elements.reason.focus();
      return;
    }
    var key = current.dataset.k, agency = current.querySelector(".line strong");
    var choice = form.querySelector("input[name=decision]:checked");
    decided = decided.filter(function (d) { return d.key !== key; });
    decided.push({
      key: key, decision: choice.value, word: choice.parentNode.querySelector("b").textContent, reason: reason,
      by: form.elements.by.value.trim(), date: form.elements.date.value,
      what: (agency ? agency.textContent + " " : "") + current.querySelector(".line > span:not(.sev)").textContent
    });
    basket();
    one("decide").close();
  });
  if (one("basket")) {
    one("copy").addEventListener("click", function () {
      var lines = one("lines"), told = one("copied");
      var fallback = function () {
        lines.focus();
        lines.select();
        var done = false;
        try { done = document.execCommand("copy"); } catch (e) { done = false; }
        told.textContent = done ? say("js_copied", { n: decided.length }) : say("js_select");
      };
      if (!navigator.clipboard || !navigator.clipboard.writeText) return fallback();
      navigator.clipboard.writeText(lines.value + "\n").then(function () { told.textContent = say("js_copied", { n: decided.length }); }, fallback);
    });
    one("save").addEventListener("click", function () {
      var text = "key,decision,reason,by,date\n" + one("lines").value + "\n";
      var link = make("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" })), download: "decisions.csv" });
      document.body.append(link);
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); link.remove(); }, 1000);
      one("copied").textContent = say("js_saved");
    });
    one("clear").addEventListener("click", function () { decided = []; basket(); });
  }
  decorate();
  if (filter) { apply(); fromAddress(); reveal(); window.addEventListener("hashchange", function () { fromAddress(); reveal(); }); }
})();
