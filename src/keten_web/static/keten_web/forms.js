// SPDX-License-Identifier: EUPL-1.2
// Forms: search in long lists, focus on what is wrong, and what was typed comes back after a log-out or a closed window.
// Without it every form works: long lists are then plain lists.
"use strict";

const SHORT = 8;
const DUTCH = document.documentElement.lang === "nl";
const SAID = DUTCH
  ? { search: "Zoek in de lijst", none: "Niets gevonden", found: (n) => (n === 1 ? "1 keuze" : `${n} keuzes`),
      back: "Wat u hier eerder invulde, is teruggezet.", away: "Begin opnieuw" }
  : { search: "Search the list", none: "Nothing found", found: (n) => (n === 1 ? "1 choice" : `${n} choices`),
      back: "What you filled in here before is back.", away: "Start again" };

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const matches = (text, typed) => plain(typed).split(/\s+/).every((word) => plain(text).includes(word));

function status() {
  const live = document.createElement("span");
  live.className = "unseen";
  live.setAttribute("role", "status");
  return live;
}

// A list with one choice: a text box that searches, beside the list that the form sends.
function searchable(select) {
  const id = select.id;
  const options = [...select.options].map((option) => ({ value: option.value, text: option.text.trim() }));
  const chosen = () => options.find((option) => option.value === select.value) ?? { value: "", text: "" };
  const textOf = (option) => (option.value === "" ? "" : option.text);
  const box = document.createElement("input");
  const list = document.createElement("ul");
  const live = status();
  const room = document.createElement("div");
  room.className = "combo";
  select.id = `${id}-list`;
  select.hidden = true;
  Object.assign(box, { id, type: "text", className: select.className, autocomplete: "off", value: textOf(chosen()) });
  list.id = `${id}-options`;
  list.className = "combo__options";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", SAID.search);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");
  box.placeholder = SAID.search;
  for (const name of ["aria-describedby", "aria-invalid", "required"]) {
    if (select.hasAttribute(name)) box.setAttribute(name, select.getAttribute(name));
  }
  select.removeAttribute("required");
  select.before(room);
  room.append(box, list, live, select);
  let active = -1;

  function show(typed) {
    const found = options.filter((option) => option.value !== "" && (typed === "" || matches(option.text, typed)));
    active = -1;
    list.replaceChildren(...found.map((option, number) => {
      const row = document.createElement("li");
      row.id = `${id}-option-${number}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(option.value === select.value));
      row.dataset.value = option.value;
      row.textContent = option.text;
      return row;
    }));
    if (!found.length) {
      const row = document.createElement("li");
      row.className = "quiet";
      row.textContent = SAID.none;
      list.append(row);
    }
    list.hidden = false;
    box.setAttribute("aria-expanded", String(found.length > 0));
    live.textContent = found.length ? SAID.found(found.length) : SAID.none;
  }
  function hide() {
    list.hidden = true;
    active = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }
  function point(to) {
    const rows = [...list.querySelectorAll("[role=option]")];
    if (!rows.length) return;
    active = (to + rows.length) % rows.length;
    rows.forEach((row, number) => row.classList.toggle("combo__active", number === active));
    rows[active].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", rows[active].id);
  }
  function choose(value) {
    select.value = value;
    box.value = textOf(chosen());
    select.dispatchEvent(new Event("change", { bubbles: true }));
    hide();
  }
  box.addEventListener("input", () => show(box.value));
  box.addEventListener("click", () => { if (list.hidden) show(""); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) show(box.value === textOf(chosen()) ? "" : box.value);
      point(event.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
      event.preventDefault();
    } else if (event.key === "Enter" && !list.hidden) {
      if (active >= 0) choose(list.children[active].dataset.value);
      event.preventDefault();
    } else if (event.key === "Escape") {
      box.value = textOf(chosen());
      hide();
    }
  });
  list.addEventListener("mousedown", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) choose(row.dataset.value);
    event.preventDefault();
  });
  box.addEventListener("blur", () => {
    if (list.hidden && box.value === textOf(chosen())) return;
    const said = options.find((option) => plain(option.text) === plain(box.value.trim()));
    if (box.value.trim() === "" && options.some((option) => option.value === "")) choose("");
    else choose(said ? said.value : select.value);
  });
}

// A list with many choices: boxes to tick, with a text box that leaves out what does not match.
function sieved(group) {
  const rows = [...group.children];
  if (rows.length <= SHORT) return;
  const box = document.createElement("input");
  const live = status();
  Object.assign(box, { type: "search", className: "utrecht-textbox ask__sieve", placeholder: SAID.search, autocomplete: "off" });
  box.setAttribute("aria-label", SAID.search);
  box.dataset.unsent = "";
  box.addEventListener("input", () => {
    for (const row of rows) row.hidden = !row.querySelector("input").checked && !matches(row.textContent, box.value);
    const shown = rows.filter((row) => !row.hidden).length;
    live.textContent = shown ? SAID.found(shown) : SAID.none;
  });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  group.before(box, live);
}

// What was typed is kept in this window until it has been stored.
function keeps(form) {
  const key = `typed:${location.pathname}`;
  const kept = sessionStorage.getItem(key);
  const sent = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !/^(csrf|expected_version)/.test(name));
  const begun = JSON.stringify(sent());
  if (document.querySelector("[data-faults]")) sessionStorage.removeItem("sent");  // it was refused, not stored
  if (kept && kept !== begun && !document.querySelector("[data-faults]")) {
    for (const field of form.elements) {
      if (!field.name || /^(csrf|expected_version)/.test(field.name) || field.type === "hidden") continue;
      const values = JSON.parse(kept).filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox") field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
    const notice = document.createElement("p");
    notice.className = "notice utrecht-alert";
    notice.setAttribute("role", "status");
    const again = document.createElement("button");
    Object.assign(again, { type: "button", className: "plain-button", textContent: SAID.away });
    again.addEventListener("click", () => { sessionStorage.removeItem(key); location.reload(); });
    notice.append(`${SAID.back} `, again);
    form.before(notice);
  }
  form.addEventListener("input", () => sessionStorage.setItem(key, JSON.stringify(sent())));
  form.addEventListener("change", () => sessionStorage.setItem(key, JSON.stringify(sent())));
  form.addEventListener("submit", () => sessionStorage.setItem("sent", key));
}

for (const form of document.querySelectorAll("form[data-keeps]")) keeps(form);
for (const select of document.querySelectorAll("select[data-search]")) {
  if (select.options.length > SHORT) searchable(select);
}
for (const group of document.querySelectorAll("div[data-search], .ask--many > div")) sieved(group);
document.querySelector("[data-faults]")?.focus();
