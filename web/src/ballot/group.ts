import type { EdwardsPoint } from '@noble/curves/abstract/edwards.js'
import { ed25519 } from '@noble/curves/ed25519.js'
import { toHex } from '../audit/proof/bytes'

/**
 * The group `Ed25519`, written multiplicatively as the specification writes it: the subgroup of prime order q of
 * edwards25519, the RFC 8032 encoding byte-reversed and in hex. JavaScript's big integers take a time that depends
 * on their values; docs/referendum-protocol.md says what follows from that.
 */
const { Point } = ed25519
const { Fn } = Point

/** An element known to be in the group. */
export type Element = EdwardsPoint
/** A number modulo q. */
export type Scalar = bigint
/** Fresh random bytes; `crypto.getRandomValues` in a page, a fixed stream in tests. */
export type Randomness = (length: number) => Uint8Array

export const GROUP = 'Ed25519'
export const identity: Element = Point.ZERO
export const generator: Element = Point.BASE

export const add = (a: Scalar, b: Scalar): Scalar => Fn.add(a, b)
export const subtract = (a: Scalar, b: Scalar): Scalar => Fn.sub(a, b)
export const multiply = (a: Scalar, b: Scalar): Scalar => Fn.mul(a, b)
export const product = (elements: readonly Element[]): Element =>
  elements.reduce((whole, element) => whole.add(element), identity)

/**
 * `base^exponent` for a secret exponent. Raised by one and divided again, so that the exponent 0, which says which
 * branch of a proof is true, goes the same way as any other.
 */
export function power(base: Element, exponent: Scalar): Element {
  const next = Fn.create(exponent + 1n)
  return (next === 0n ? identity : base.multiply(next)).subtract(base)
}

/** `base^exponent` for an exponent that everybody may know. */
export const publicPower = (base: Element, exponent: Scalar): Element => base.multiplyUnsafe(exponent)

/** Makes the powers of a base that is used many times cheaper; the element stays the same. */
export const withTable = (base: Element): Element => base.precompute(8)

export function encode(element: Element): string {
  return toHex(element.toBytes().reverse())
}

/** An element in its canonical form; nothing if it is written otherwise, is no point, or lies outside the group. */
export function decode(text: string): Element | undefined {
  if (!/^[0-9a-f]{64}$/.test(text)) return undefined
  const bytes = Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)).reverse()
  try {
    const point = Point.fromBytes(bytes, false)
    return point.isTorsionFree() ? point : undefined
  } catch {
    return undefined
  }
}

/** Big-endian bytes, reduced modulo q. */
export const scalarOf = (bytes: Uint8Array): Scalar => Fn.create(BigInt(`0x${toHex(bytes)}`))

/** Drawn uniformly: 512 random bits, reduced modulo q. */
export const randomScalar = (random: Randomness): Scalar => scalarOf(random(64))

/** A decimal number below q without leading zeros; nothing else is read. */
export function readScalar(text: string): Scalar | undefined {
  if (!/^(0|[1-9][0-9]{0,76})$/.test(text)) return undefined
  const scalar = BigInt(text)
  return scalar < Fn.ORDER ? scalar : undefined
}
