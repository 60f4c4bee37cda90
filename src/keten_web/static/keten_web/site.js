// SPDX-License-Identifier: EUPL-1.2
// Draws the charts of the page and closes open menus. The page says everything without it, in tables.
"use strict";

const NUMBERS = {
  nl: { decimal: ",", thousands: ".", grouping: [3], currency: ["€\u00a0", ""] },
  en: { decimal: ".", thousands: ",", grouping: [3], currency: ["€", ""] },
};

const TIMES = {
  nl: {
    dateTime: "%a %e %B %Y %X", date: "%d-%m-%Y", time: "%H:%M:%S", periods: ["AM", "PM"],
    days: ["zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"],
    shortDays: ["zo", "ma", "di", "wo", "do", "vr", "za"],
    months: ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"],
    shortMonths: ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
  },
  en: {
    dateTime: "%a %e %B %Y %X", date: "%d/%m/%Y", time: "%H:%M:%S", periods: ["AM", "PM"],
    days: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    shortDays: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
    months: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    shortMonths: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
  },
};

// The colour that the theme makes of a token, as a browser resolves it.
function colourOf(token) {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function withColours(part) {
  if (typeof part === "string") return part.startsWith("--") ? colourOf(part) : part;
  if (Array.isArray(part)) return part.map(withColours);
  if (part && typeof part === "object") {
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, withColours(value)]));
  }
  return part;
}

function config() {
  const font = getComputedStyle(document.body).fontFamily;
  const small = 0.875 * parseFloat(getComputedStyle(document.documentElement).fontSize);
  return withColours({
    aria: false,
    background: "transparent",
    font,
    view: { stroke: "transparent" },
    text: { font, fontSize: small },
    axis: {
      labelFont: font, labelFontSize: small, labelColor: "--ink-2", labelPadding: 0.45 * small, titleFont: font,
      gridColor: "--line", gridWidth: 1, domain: false, ticks: false,
    },
    axisX: { labelPadding: 0.6 * small, labelBound: true, grid: false, ticks: true, tickColor: "--control", domain: true, domainColor: "--control" },
  });
}

async function draw(figure) {
  const language = document.documentElement.lang === "en" ? "en" : "nl";
  const spec = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  await vegaEmbed(figure, withColours(spec), {
    mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false, config: config(),
    tooltip: { disableDefaultStyle: true },
    formatLocale: NUMBERS[language], timeFormatLocale: TIMES[language],
  });
  figure.dataset.drawn = "true";
}

async function drawAll() {
  const figures = [...document.querySelectorAll("[data-chart]")];
  if (!figures.length) return;
  await document.fonts.ready;
  await Promise.all(figures.map(draw));
}

drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

// On a narrow screen the menu is folded behind its button; on a wide one it is always open.
const narrow = matchMedia("(max-width: 60rem)");
function fold() {
  const menu = document.querySelector(".fold");
  if (menu) menu.open = !narrow.matches;
}
fold();
narrow.addEventListener("change", fold);

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// What was typed in a form is kept in this window until it is stored (see forms.js); then, and at log-out, it goes.
const stored = sessionStorage.getItem("sent");
if (stored && stored !== `typed:${location.pathname}` && !document.querySelector("input[type=password]")) {
  sessionStorage.removeItem(stored);
  sessionStorage.removeItem("sent");
}
document.querySelector(".who form")?.addEventListener("submit", () => sessionStorage.clear());
