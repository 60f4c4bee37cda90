# SPDX-License-Identifier: EUPL-1.2
"""What makes a page hard to read, seen by the browser itself: asked of every page, at every width."""

from __future__ import annotations

from playwright.sync_api import Page

SMALLEST_TEXT = 14
"""Pixels; `docs` and the design ask for nothing under it."""

MOST_BEFORE_CONTENT = 12
"""Things to press before the content on a narrow screen: the menu is folded behind one button."""

FAULTS = """([smallest, most]) => {
    const root = document.documentElement, main = document.querySelector("main"), found = [];
    const box = (element) => element.getBoundingClientRect();
    const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
        && box(element).width > 1 && box(element).height > 1 && getComputedStyle(element).opacity !== "0";
    const name = (element) => element.textContent.trim().slice(0, 30);
    const wide = root.scrollWidth - root.clientWidth;
    if (wide > 0) {
        const rolls = (part) => part && part !== root
            && (getComputedStyle(part).overflowX !== "visible" || rolls(part.parentElement));
        const out = [...document.querySelectorAll("body *")].filter((element) =>
            seen(element) && box(element).right > root.clientWidth + 0.5 && !rolls(element.parentElement));
        const last = out.filter((element) => !out.some((other) => other !== element && element.contains(other)));
        const told = last.slice(0, 3).map((element) => `${element.tagName} “${name(element)}”`).join(", ");
        found.push(`the page is ${wide} pixels wider than the window by ${told}`);
    }
    const sizes = new Set();
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
        if (!own || !seen(element) || element.closest(".unseen")) continue;
        const scale = element.ownerSVGElement ? element.getScreenCTM().a : 1;
        const size = parseFloat(getComputedStyle(element).fontSize) * scale;
        if (size < smallest - 0.2) sizes.add(`text of ${size.toFixed(1)} pixels: ${name(element)}`);
    }
    found.push(...[...sizes].slice(0, 5));
    for (const picture of document.querySelectorAll("main svg")) {
        const texts = [...picture.querySelectorAll("text")].filter((text) => text.textContent.trim() && seen(text));
        texts.forEach((one, index) => texts.slice(index + 1).forEach((other) => {
            const a = box(one), b = box(other);
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (across > 1 && down > 5) found.push(`“${name(one)}” stands on “${name(other)}”`);
        }));
        const room = box(picture);
        for (const text of texts) {
            const cuts = ["hidden", "clip"].includes(getComputedStyle(picture).overflow);
            const cut = cuts && box(text).right > room.right + 1;
            if (cut) found.push(`“${name(text)}” is cut off`);
        }
    }
    if (root.clientWidth >= 1280) for (const room of document.querySelectorAll(".table-room")) {
        const cut = room.scrollWidth - room.clientWidth;
        const whole = box(room).width > 0.6 * root.clientWidth; /* one in a column beside others may roll */
        if (seen(room) && whole && cut > 1) found.push(`${cut} pixels of the table “${name(room)}” are cut off`);
    }
    const before = [...document.querySelectorAll("a, button, summary, input")].filter(
        (thing) => seen(thing) && main.compareDocumentPosition(thing) & Node.DOCUMENT_POSITION_PRECEDING);
    if (root.clientWidth <= 320 && before.length > most) found.push(`${before.length} things stand before the content`);
    if (root.clientWidth >= 1280 && document.querySelector(".frame") && box(main).right < 0.95 * root.clientWidth)
        found.push(`the content ends at ${Math.round(box(main).right)} of ${root.clientWidth} pixels`);
    return found;
}"""


def faults(page: Page) -> list[str]:
    """Tell what is wider than the window, too small to read, laid over another, cut off, or far from the top."""
    return list(page.evaluate(FAULTS, [SMALLEST_TEXT, MOST_BEFORE_CONTENT]))
