import type { Colours } from './colours.ts';

/** The letters of a chart. */
export function chartFont({ font }: Colours) {
  return { family: font, size: 11 };
}

/** How the values under the cursor are shown, the same in every chart. */
export function tooltipLook(colours: () => Colours) {
  const font = { ...chartFont(colours()), size: 12 };
  return {
    animation: false as const,
    backgroundColor: () => colours().surface,
    borderColor: () => colours().line,
    borderWidth: 1,
    titleColor: () => colours().text,
    bodyColor: () => colours().text,
    titleFont: font,
    bodyFont: font,
    padding: 10,
    boxWidth: 10,
    boxHeight: 2,
  };
}

/** Of charts whose x is no time: the pointer asks for what is nearest to it along the axis. */
export const pointedAtByX = {
  animation: false,
  parsing: false,
  responsive: true,
  maintainAspectRatio: false,
  interaction: { mode: 'nearest', axis: 'x', intersect: false },
} as const;
