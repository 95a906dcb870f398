/** The library's, which brings none: a canvas context that takes down what is drawn as SVG. */
declare module 'svgcanvas' {
  export class Context {
    font: string;
    fillStyle: string;
    textAlign: CanvasTextAlign;
    textBaseline: CanvasTextBaseline;
    constructor(options: { readonly width: number; readonly height: number });
    getSvg(): SVGSVGElement;
    getTransform(): DOMMatrix;
    fillText(text: string, x: number, y: number): void;
  }
}
