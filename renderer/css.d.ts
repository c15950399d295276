/** Styles are taken into the page; they give nothing. */
declare module '*.css'
