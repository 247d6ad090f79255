import { describe, expect, it } from 'vitest'
import { EMPTY_CONFIG } from '../../src/config/config.ts'
import { DEFAULT_OPTIONS } from '../../src/config/options.ts'
import { review } from '../../src/review.ts'
import { memoryTree } from '../source/memory-tree.ts'

const group = (source: string, more = '') => `variable "offices" {}
resource "azurerm_network_security_group" "jump" {
  name                = "jump"
  location            = "westeurope"
  resource_group_name = "shop"
  ${more}
  security_rule {
    name                       = "ssh"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    ${source}
    destination_port_range     = "22"
    destination_address_prefix = "*"
  }
}
`
const OPEN = group('source_address_prefix = "*"')

const module = (version: string) => `module "jump" {
  source              = "Azure/avm-res-network-networksecuritygroup/azurerm"
  version             = "${version}"
  name                = "jump"
  location            = "westeurope"
  resource_group_name = "shop"
  security_rules = {
    ssh = {
      name = "ssh", access = "Allow", direction = "Inbound", priority = 100, protocol = "Tcp"
      source_address_prefix = "*", source_port_range = "*"
      destination_address_prefix = "*", destination_port_range = "22"
    }
  }
}
`

/** Rules of which the review says that the change mended them, and what it says not to know any more. */
function mended(before: string, after: string) {
  const { findings, coverage } = review({
    base: memoryTree({ 'main.tf': before }),
    head: memoryTree({ 'main.tf': after }),
    config: EMPTY_CONFIG,
    options: DEFAULT_OPTIONS,
    today: '2026-11-21',
  })
  return {
    fixed: findings.filter(({ status }) => status === 'fixed').map(({ rule }) => rule),
    unknown: coverage.notes.filter((note) => note.includes('is not known: the change hides')),
  }
}

describe('what a change hides is not mended', () => {
  it.each([
    ['a value that is not known any more', OPEN, group('source_address_prefix = var.offices')],
    ['another argument, whose value is not known', OPEN, group('source_address_prefixes = var.offices')],
    ['a number of copies that is not known', OPEN, group('source_address_prefix = "*"', 'count = var.offices')],
    ['a version of a module that nobody has read', module('0.3.0'), module('99.0.0')],
  ])('%s', (_what, before, after) => {
    const { fixed, unknown } = mended(before, after)
    expect(fixed).not.toContain('nsg-internet-admin-port')
    expect(unknown.join()).toContain('nsg-internet-admin-port')
  })

  it.each([
    ["an address of one's own", OPEN, group('source_address_prefix = "198.51.100.7"')],
    [
      'the same beside tags that are not known',
      OPEN,
      group('source_address_prefix = "198.51.100.7"', 'tags = var.offices'),
    ],
    ['no such group', OPEN, 'variable "offices" {}\n'],
    ['no such module', module('0.3.0'), ''],
  ])('%s is', (_what, before, after) => {
    const { fixed, unknown } = mended(before, after)
    expect(fixed).toContain('nsg-internet-admin-port')
    expect(unknown).toEqual([])
  })
})
