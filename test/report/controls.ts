/** The first character that a page may not hold, as `U+…`: controls other than tab and line feed, separators, bidirectional controls, halves of pairs. */
export function findControl(page: string): string | undefined {
  for (const char of page) {
    const code = char.codePointAt(0)!
    const control = (code < 0x20 && code !== 0x09 && code !== 0x0a) || (code >= 0x7f && code <= 0x9f)
    const deceives =
      (code >= 0x200c && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f)
    const broken = code >= 0xd800 && code <= 0xdfff
    if (control || deceives || broken || code === 0xfeff) return `U+${code.toString(16)}`
  }
  return undefined
}
