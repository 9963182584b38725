const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_LENGTH = 10
const RANDOM_BYTES = 10

/** A ULID: the page names each command itself, so that sending it again is the same command. */
export function ulid(
  now = Date.now(),
  random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)),
): string {
  let time = ''
  for (let rest = now, at = 0; at < TIME_LENGTH; at += 1, rest = Math.floor(rest / 32))
    time = CROCKFORD.charAt(rest % 32) + time
  let tail = ''
  let bits = 0
  let held = 0
  for (const byte of random) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      tail += CROCKFORD.charAt((held >> bits) & 31)
    }
    held &= (1 << bits) - 1
  }
  return time + tail
}
