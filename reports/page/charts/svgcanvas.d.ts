/** The library's, which brings none: a canvas context that takes down what is drawn as SVG. */
declare module 'svgcanvas' {
  export class Context {
    constructor(options: { readonly width: number; readonly height: number });
    getSvg(): SVGSVGElement;
  }
}
