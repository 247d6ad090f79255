import { expect, test } from 'vitest'
import type { ConnectionChange } from '../compare/change.ts'
import { type Flow, flowPorts } from './flows.ts'

function flow(change: Flow['change'], connection: Partial<ConnectionChange>): Flow {
  const whole = { from: 'shop/web', to: 'internet', before: '', after: '', certain: true, ...connection }
  return { change, exposure: true, connection: whole }
}

test('tells the connections of the side that has them', () => {
  expect(flowPorts(flow('new', { after: 'TCP 443' }))).toBe('TCP 443')
  expect(flowPorts(flow('gone', { before: 'TCP 443' }))).toBe('TCP 443')
  expect(flowPorts(flow('changed', { before: 'TCP 443', after: 'TCP' }))).toBe('TCP 443 → TCP')
})

test('tells the way where it is another one', () => {
  const via = { before: 'firewall/fw', after: 'direct' }
  const same = { before: 'TCP 443', after: 'TCP 443' }
  expect(flowPorts(flow('changed', { ...same, via }))).toBe('TCP 443, now bypassing firewall/fw')
  expect(flowPorts(flow('changed', { before: 'TCP 443', after: 'TCP', via }))).toBe(
    'TCP 443 → TCP, now bypassing firewall/fw',
  )
  expect(flowPorts(flow('new', { after: 'TCP 443', via }))).toBe('TCP 443, now bypassing firewall/fw')
  expect(flowPorts(flow('changed', { ...same, via: { before: 'direct', after: 'firewall/fw' } }))).toBe(
    'TCP 443, now through firewall/fw, before directly',
  )
  expect(flowPorts(flow('changed', { ...same, via: { before: 'gateway/vpn', after: 'not known' } }))).toBe(
    'TCP 443, now by a way that is not known, before through gateway/vpn',
  )
})
