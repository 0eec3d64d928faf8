// The vocabulary of the kernels: multiply-add, powers of two and sums over lanes, in single and double precision.

/** a b + c: two roundings; fused, where the processor can, in the relaxed build. */
@inline
export function madd32(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** See {@link madd32}. */
@inline
export function madd64(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f64x2.relaxed_madd(a, b, c) : f64x2.add(f64x2.mul(a, b), c);
}

/**
 * 2^x in four lanes, relative error 7.5e-8 (minimax polynomial of degree 5 on [-½, ½]). Below -126 it stays 2^-126; above
 * 127 it is wrong, which callers rule out. Adding 1.5·2²³ rounds x to a whole number, whose low bits then go into the
 * exponent.
 */
@inline
export function exp32(x0: v128): v128 {
  const shift = f32x4.splat(12582912.0);
  const x = f32x4.pmax(x0, f32x4.splat(-126.0));
  const whole = f32x4.add(x, shift);
  return power32(whole, f32x4.sub(x, f32x4.sub(whole, shift)));
}

/** 2^(whole + r) for |r| ≤ ½; of `whole` only the low bits count. */
@inline
export function power32(whole: v128, r: v128): v128 {
  let p = madd32(f32x4.splat(0.001327647178181224), r, f32x4.splat(0.009675541332767662));
  p = madd32(p, r, f32x4.splat(0.055507132741498));
  p = madd32(p, r, f32x4.splat(0.24022119723881946));
  p = madd32(p, r, f32x4.splat(0.6931469670643615));
  p = madd32(p, r, f32x4.splat(1.000000071654672));
  return i32x4.add(p, i32x4.shl(whole, 23));
}

/**
 * 2^x in two lanes, relative error 3e-16 (degree 10), 2^0 = 1 exactly; below -1021 it stays 2^-1021, above 1023 it is wrong.
 */
@inline
export function exp64(x0: v128): v128 {
  const shift = f64x2.splat(6755399441055744.0);
  const x = f64x2.pmax(x0, f64x2.splat(-1021.0));
  const whole = f64x2.add(x, shift);
  const r = f64x2.sub(x, f64x2.sub(whole, shift));
  let p = madd64(f64x2.splat(7.037282703241856e-9), r, f64x2.splat(1.0208537883960232e-7));
  p = madd64(p, r, f64x2.splat(1.3215662810019979e-6));
  p = madd64(p, r, f64x2.splat(1.5252658116788646e-5));
  p = madd64(p, r, f64x2.splat(0.00015403529961187138));
  p = madd64(p, r, f64x2.splat(0.0013333558228560748));
  p = madd64(p, r, f64x2.splat(0.009618129108034543));
  p = madd64(p, r, f64x2.splat(0.05550410866445884));
  p = madd64(p, r, f64x2.splat(0.24022650695908768));
  p = madd64(p, r, f64x2.splat(0.6931471805599497));
  p = madd64(p, r, f64x2.splat(1.0));
  return i64x2.add(p, i64x2.shl(whole, 52));
}

/**
 * log₂ x in four lanes of positive, normal x, to about 1e-7: exponent, and 2/ln 2 artanh((m - 1)/(m + 1)) for the rest m in
 * [√½, √2).
 */
@inline
export function log32(x: v128): v128 {
  const root = i32x4.splat(0x3f3504f3);
  const exponent = i32x4.shr_s(i32x4.sub(x, root), 23);
  const m = i32x4.sub(x, i32x4.shl(exponent, 23));
  const one = f32x4.splat(1);
  const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const t = f32x4.mul(s, s);
  let p = madd32(f32x4.splat(0.4121985831111324), t, f32x4.splat(0.5770780163555854));
  p = madd32(p, t, f32x4.splat(0.9617966939259756));
  p = madd32(p, t, f32x4.splat(2.8853900817779268));
  return madd32(p, s, f32x4.convert_i32x4_s(exponent));
}

/** Sum of four lanes, from left to right. */
@inline
export function across32(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3)
  );
}

/** Sum of two lanes. */
@inline
export function across64(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** log₂ x of a positive, normal x: exponent, and 2/ln 2 artanh((m - 1)/(m + 1)) for the rest m in [√½, √2). */
export function log64(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let exponent = <f64>(<i32>(bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const t = s * s;
  let sum: f64 = 0;
  for (let k: f64 = 21; k > 0; k -= 2) sum = sum * t + 1 / k;
  return exponent + 2.8853900817779268 * s * sum;
}
