/** A number with more digits, or a larger exponent, than a `number` holds. */
export class ExactNumber {
  /** As it stands in JSON. */
  readonly text: string;

  constructor(text: string) {
    if (!NUMBER.test(text)) throw new SyntaxError(`${JSON.stringify(text)} is no number of JSON.`);
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** The nearest `number`. */
  valueOf(): number {
    return Number(this.text);
  }
}

const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const WHOLE = /^-?\d+$/;
/** Texts without this have no number that could lose a digit: 15 of them always fit into a `number`. */
const MAY_LOSE = /[\d.]{16,}|[eE][+-]?\d{3,}/;
const QUOTE_OR_NUMBER = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Reads JSON with every digit of its numbers: as `number` if that holds the value, otherwise whole numbers as `bigint` and
 * all others as {@link ExactNumber}.
 */
export function parse(text: string): any {
  if (!MAY_LOSE.test(text)) return JSON.parse(text);
  const mark = newMark();
  return JSON.parse(marked(text, mark), (_, value) =>
    typeof value === "string" && value.startsWith(mark) ? exact(value.slice(mark.length)) : value,
  );
}

/** The same text, where strings with the mark stand for numbers that would lose digits. */
function marked(text: string, mark: string): string {
  const tokens = new RegExp(QUOTE_OR_NUMBER);
  let read = 0;
  let written = "";
  for (let found = tokens.exec(text); found; found = tokens.exec(text)) {
    const token = found[0];
    if (token === '"') {
      tokens.lastIndex = endOfString(text, found.index);
    } else if (!holds(token)) {
      written += `${text.slice(read, found.index)}"${mark}${token}"`;
      read = tokens.lastIndex;
    }
  }
  return written + text.slice(read);
}

/** The place after a string. An expression that matches long strings overflows the stack of some engines. */
function endOfString(text: string, begin: number): number {
  for (let quote = text.indexOf('"', begin + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let unescaped = quote;
    while (text[unescaped - 1] === "\\") unescaped--;
    if ((quote - unescaped) % 2 === 0) return quote + 1;
  }
  return text.length;
}

/** Writes JSON as `JSON.stringify` does, and `bigint` and {@link ExactNumber} with all their digits. */
export function stringify(value: unknown, space?: number): string {
  const mark = newMark();
  const marked = JSON.stringify(value, (_, each) => {
    if (typeof each === "number" && !Number.isFinite(each)) throw new RangeError(`JSON has no number ${each}.`);
    return typeof each === "bigint" || each instanceof ExactNumber ? `${mark}${each}` : each;
  }, space);
  return marked.replace(new RegExp(`"${mark}([^"]*)"`, "g"), "$1");
}

/** What no text has by chance. */
function newMark(): string {
  return `${newKey()}:`;
}

/** A random UUID. Browsers have `crypto.randomUUID` only on pages that came by https. */
export function newKey(): string {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function exact(text: string): bigint | ExactNumber {
  return WHOLE.test(text) ? BigInt(text) : new ExactNumber(text);
}

function holds(text: string): boolean {
  const number = Number(text);
  if (WHOLE.test(text) && NUMBER.test(text)) return Number.isFinite(number) && BigInt(number) === BigInt(text);
  return !NUMBER.test(text) || (Number.isFinite(number) && canonical(text) === canonical(String(number)));
}

/** The same text for the same value. */
function canonical(text: string): string {
  const [, sign, whole, fraction = "", exponent = "0"] = NUMBER.exec(text)!;
  const digits = (whole + fraction).replace(/^0+/, "");
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  const significant = digits.slice(0, end);
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return significant === "" ? "0" : `${sign}${significant}e${power}`;
}
