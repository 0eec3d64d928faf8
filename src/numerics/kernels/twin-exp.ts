const words = new Int32Array(2);
const double = new Float64Array(words.buffer);
const singleWord = new Int32Array(1);
const singleNumber = new Float32Array(singleWord.buffer);
/** Doubles lie with the low word first on every machine that Node runs on; WebAssembly says so. */
const high = 1;
const shift64 = 6755399441055744;

/** 2^k for a whole k between -1022 and 1023. */
const twoTo = (k: number): number => {
  words[0] = 0;
  words[high] = (k + 1023) << 20;
  return double[0]!;
};

/** 2^x as `exp64` of the kernels computes it, without fused multiply-adds. */
export function exp64(x0: number): number {
  const x = x0 < -1021 ? -1021 : x0;
  const whole = x + shift64 - shift64;
  const r = x - whole;
  let p = 7.037282703241856e-9 * r + 1.0208537883960232e-7;
  p = p * r + 1.3215662810019979e-6;
  p = p * r + 1.5252658116788646e-5;
  p = p * r + 0.00015403529961187138;
  p = p * r + 0.0013333558228560748;
  p = p * r + 0.009618129108034543;
  p = p * r + 0.05550410866445884;
  p = p * r + 0.24022650695908768;
  p = p * r + 0.6931471805599497;
  p = p * r + 1;
  return p * twoTo(whole);
}

const f = Math.fround;
const shift32 = 12582912;

/** 2^x as `exp32` of the kernels computes it, in single precision, without fused multiply-adds. */
export function exp32(x0: number): number {
  const x = x0 < -126 ? -126 : x0;
  const whole = f(f(x + shift32) - shift32);
  return power32(whole, f(x - whole));
}

/** 2^(whole + r) in single precision as `power32` of the kernels computes it. */
export function power32(whole: number, r: number): number {
  let p = f(f(f(0.001327647178181224) * r) + f(0.009675541332767662));
  p = f(f(p * r) + f(0.055507132741498));
  p = f(f(p * r) + f(0.24022119723881946));
  p = f(f(p * r) + f(0.6931469670643615));
  p = f(f(p * r) + f(1.000000071654672));
  return f(p * twoTo(whole));
}

/** An exponent of double precision, at least -126, as a whole number and what is left of it in single precision. */
export function parted(x0: number): { readonly whole: number; readonly rest: number } {
  const x = x0 < -126 ? -126 : x0;
  const whole = x + shift64 - shift64;
  return { whole, rest: f(x - whole) };
}

/** log₂ x of a positive, normal x as `log32` of the kernels computes it, in single precision. */
export function log32(x: number): number {
  singleNumber[0] = x;
  const exponent = (singleWord[0]! - 0x3f3504f3) >> 23;
  singleWord[0] = singleWord[0]! - (exponent << 23);
  const m = singleNumber[0];
  const s = f(f(m - 1) / f(m + 1));
  const t = f(s * s);
  let p = f(f(f(0.4121985831111324) * t) + f(0.5770780163555854));
  p = f(f(p * t) + f(0.9617966939259756));
  p = f(f(p * t) + f(2.8853900817779268));
  return f(f(p * s) + exponent);
}

/** log₂ x of a positive, normal x as `log64` of the kernels computes it. */
export function log64(x: number): number {
  double[0] = x;
  let exponent = (words[high]! >> 20) - 1023;
  words[high] = (words[high]! & 0xfffff) | (1023 << 20);
  let m = double[0];
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const t = s * s;
  let sum = 0;
  for (let k = 21; k > 0; k -= 2) sum = sum * t + 1 / k;
  return exponent + 2.8853900817779268 * s * sum;
}
