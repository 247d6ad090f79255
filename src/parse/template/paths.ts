/** A path that a file of the tree refers to; undefined where it leads out of the tree. Both are POSIX, relative to the tree. */
export function resolvePath(fromFile: string, reference: string): string | undefined {
  if (reference.startsWith('/') || reference.includes('\0')) return undefined
  const segments = fromFile.split('/').slice(0, -1)
  for (const segment of reference.replaceAll('\\', '/').split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.pop() === undefined) return undefined
  }
  return segments.join('/')
}
