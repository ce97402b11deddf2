// The map beside the list. Markers carry the numbers of the list and lead to its items; the list needs none of this.
/* global L */

const SIZE = [34, 30];
const NS = "http://www.w3.org/2000/svg";
const HEX = "M32 15L24.500 28L9.500 28L2 15L9.500 2L24.500 2z";

/** A hexagon as an element, so that no HTML text with styles is ever parsed (the CSP would refuse it). */
function hexagon(text) {
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", `0 0 ${SIZE[0]} ${SIZE[1]}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(NS, "path");
  path.setAttribute("d", HEX);
  svg.append(path);
  if (text) {
    const label = document.createElementNS(NS, "text");
    label.setAttribute("x", "17");
    label.setAttribute("y", "20");
    label.textContent = text;
    svg.append(label);
  }
  return svg;
}

const icon = (text, kind = "") =>
  L.divIcon({ html: hexagon(text), className: `tf-pin ${kind}`, iconSize: SIZE, iconAnchor: [SIZE[0] / 2, SIZE[1] / 2] });

/** Points that would cover one another at this zoom share one marker. */
function bySpot(map, points) {
  const spots = [];
  for (const point of points) {
    const at = map.project([point.lat, point.lon]);
    const spot = spots.find((s) => Math.abs(s.at.x - at.x) < SIZE[0] && Math.abs(s.at.y - at.y) < SIZE[1]);
    if (spot) spot.points.push(point);
    else spots.push({ at, points: [point] });
  }
  return spots.map((s) => s.points);
}

function addSpot(map, layer, points) {
  const many = points.length > 1;
  const name = points.map((p) => `${p.n}: ${p.title}`).join(", ");
  const marker = L.marker([points[0].lat, points[0].lon], {
    icon: icon(many ? `${points[0].n}+` : String(points[0].n), many ? "tf-pin--many" : ""),
    alt: name, title: name, keyboard: true, riseOnHover: true,
  }).addTo(layer);
  const element = marker.getElement();
  element.setAttribute("role", "link");
  element.setAttribute("aria-label", name);
  const bounds = L.latLngBounds(points.map((p) => [p.lat, p.lon]));
  const go = () => {
    if (many && map.getZoom() < 12 && !bounds.getNorthEast().equals(bounds.getSouthWest(), 0.001)) {
      map.getContainer().focus({ preventScroll: true }); // this marker makes room for others
      map.fitBounds(bounds.pad(0.5), { maxZoom: 13 });
      return;
    }
    const item = document.getElementById(points[0].anchor);
    if (!item) return;
    location.hash = points[0].anchor;
    item.querySelector("a")?.focus({ preventScroll: true });
  };
  marker.on("click", go);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter") go();
  });
  for (const point of points) {
    const item = document.getElementById(point.anchor);
    item?.addEventListener("pointerenter", () => element.classList.add("tf-pin--on"));
    item?.addEventListener("pointerleave", () => element.classList.remove("tf-pin--on"));
  }
}

function draw(canvas) {
  const { points, home, radius_km: radius } = JSON.parse(canvas.dataset.points);
  canvas.replaceChildren();
  const map = L.map(canvas, { scrollWheelZoom: false, zoomControl: false, attributionControl: true });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: canvas.dataset.zoomIn, zoomOutTitle: canvas.dataset.zoomOut }).addTo(map);
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", canvas.dataset.label);
  const bounds = L.latLngBounds(points.map((p) => [p.lat, p.lon]));
  if (home) bounds.extend(L.latLng(home.lat, home.lon).toBounds(radius && radius <= 60 ? radius * 2000 : 1000));
  if (bounds.isValid()) map.fitBounds(bounds.pad(0.04), { maxZoom: 13, animate: false });
  else map.setView([52.2, 5.3], 7, { animate: false });
  if (canvas.dataset.tiles) L.tileLayer(canvas.dataset.tiles, { maxZoom: 17, attribution: canvas.dataset.credit }).addTo(map);
  if (home && radius) {
    L.circle([home.lat, home.lon], { radius: radius * 1000, className: "tf-radius", interactive: false, fill: false }).addTo(map);
  }
  if (home) L.marker([home.lat, home.lon], { icon: icon("", "tf-pin--home"), alt: home.label, title: home.label, interactive: false, keyboard: false }).addTo(map);
  const layer = L.layerGroup().addTo(map);
  const place = () => {
    layer.clearLayers();
    bySpot(map, points).forEach((spot) => addSpot(map, layer, spot));
  };
  map.on("zoomend", place);
  place();
  return map;
}

/** Only when it comes into view: on a phone the map stands below the list and most people never reach it. */
const watch = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((e) => e.isIntersecting)) {
    watch.unobserve(entry.target);
    draw(entry.target);
  }
}, { rootMargin: "200px" });
document.querySelectorAll("[data-map]").forEach((canvas) => watch.observe(canvas));
