/** What a line of a unified diff is, for its colour; file headers count as hunk headers. */
export function diffLineKind(row: string): 'add' | 'del' | 'hunk' | 'context' {
  if (/^(?:@@|--- |\+\+\+ |diff |index |new file )/.test(row)) return 'hunk'
  if (row.startsWith('+')) return 'add'
  return row.startsWith('-') ? 'del' : 'context'
}
