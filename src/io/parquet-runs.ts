/**
 * Walks the runs of Parquet's hybrid encoding (run lengths and bit-packed groups) without unpacking them, and refuses a run far
 * longer than the page: a damaged length would make the decoder write billions of values before it saw that something is wrong.
 *
 * @param offset where the runs begin
 * @param width bits of one value
 * @param count values that the page may hold; a last run may overshoot by what writers pad
 * @throws {Error} when a run is too long; a run that ends outside the page is left for the decoder to refuse
 * @see Apache Parquet, Encodings: "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)"
 */
export function checkRuns(page: Uint8Array, offset: number, width: number, count: number): void {
  let [at, seen] = [offset, 0];
  while (seen < count && at < page.length) {
    let [header, shift, byte] = [0, 0, 0x80];
    while (byte & 0x80) {
      byte = page[at++] ?? 0;
      header |= (byte & 0x7f) << shift;
      shift += 7;
    }
    const [packed, length] = [(header & 1) === 1, header >>> 1];
    const values = packed ? length * 8 : length;
    if (values > count + MAX_PADDING) throw new Error(`a run of ${values} values in a page of ${count}`);
    seen += values;
    at += packed ? length * width : Math.ceil(width / 8);
  }
}

/** Longest bit-packed run that a writer may leave partly unused. */
const MAX_PADDING = 504;
