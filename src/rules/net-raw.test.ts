import { describe } from 'vitest'
import { deployment } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { netRaw } from './net-raw.ts'

const web = deployment('web')

describe('net-raw', () => {
  const secured = (text: string) => `${web}${text}`

  finds(netRaw, 'nothing is dropped', {
    head: web,
    at: 'app.yaml: - name: web',
    severity: 'note',
    says: ['web in shop/web'],
    patched: secured(
      '          securityContext:\n            capabilities:\n              drop:\n                - NET_RAW\n',
    ),
  })
  finds(netRaw, 'something else is dropped', {
    head: secured('          securityContext:\n            capabilities:\n              drop: [NET_BIND_SERVICE]\n'),
    at: 'app.yaml: - name: web',
    patched: secured(
      '          securityContext:\n            capabilities:\n              drop: [NET_BIND_SERVICE, NET_RAW]\n',
    ),
  })
  finds(netRaw, 'it is added again', {
    head: secured(
      '          securityContext:\n            capabilities:\n              drop: [ALL]\n              add: [NET_RAW]\n',
    ),
    at: 'app.yaml: - name: web',
    patched: 'none',
  })

  silent(netRaw, 'all are dropped', {
    head: secured(
      '          securityContext:\n            capabilities:\n              drop:\n                - ALL\n',
    ),
  })
  silent(netRaw, 'with its prefix', {
    head: secured('          securityContext: {capabilities: {drop: [CAP_NET_RAW]}}\n'),
  })
  silent(netRaw, 'it was so before', { base: web, head: web.replace('web:1', 'web:2') })
})
