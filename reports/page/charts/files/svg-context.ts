import { Context } from 'svgcanvas';

const anchors = { left: 'start', start: 'start', center: 'middle', right: 'end', end: 'end' } as const;

const baselines = {
  top: 'text-before-edge',
  hanging: 'hanging',
  middle: 'central',
  alphabetic: 'alphabetic',
  ideographic: 'ideographic',
  bottom: 'text-after-edge',
} as const;

/** Takes down letters without a style attribute, by which the library would read fonts: the page's policy forbids those. */
export class SvgContext extends Context {
  override fillText(text: string, x: number, y: number): void {
    const { style } = document.createElement('span');
    style.font = this.font;
    const { a, b, c, d, e, f } = this.getTransform();
    const attributes = {
      x,
      y,
      fill: this.fillStyle,
      'font-family': style.fontFamily,
      'font-size': style.fontSize,
      'font-weight': style.fontWeight,
      'text-anchor': anchors[this.textAlign],
      'dominant-baseline': baselines[this.textBaseline],
      transform: `matrix(${[a, b, c, d, e, f].join(' ')})`,
    };
    const element = document.createElementNS('http://www.w3.org/2000/svg', 'text');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    element.textContent = text;
    this.getSvg().append(element);
  }
}
