/** Replaces the lines of a comment (1-based, inclusive) by its suggestion block, as GitHub does when it is committed. Source: docs.github.com, "Incorporating feedback in your pull request" */
export function applySuggestion(text: string, startLine: number, endLine: number, body: string): string {
  const block = /^(`{3,})suggestion\n([\s\S]*?)\n?^\1$/m.exec(body)
  if (block === null) throw new Error('the comment has no suggestion')
  const lines = text.split('\n')
  lines.splice(startLine - 1, endLine - startLine + 1, ...(block[2] === '' ? [] : block[2]!.split('\n')))
  return lines.join('\n')
}
