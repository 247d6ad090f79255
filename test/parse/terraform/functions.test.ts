// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is tested
import { describe, expect, it } from 'vitest'
import { functionNames } from '../../../src/parse/terraform/functions/index.ts'
import { ERROR, jsonOf, outcomeOf, UNKNOWN } from './evaluate.ts'

type Row = readonly [expression: string, expected: unknown]

const FILES = {
  'a.txt': 'Hello',
  'sub/b.txt': 'b',
  'sub/deep/c.md': 'c',
  'hello.tftpl': 'Hello, ${name}!\n%{ for p in ports ~}\n- ${p}\n%{ endfor ~}\n',
}

/** What the documentation of each function says, and what its edges are. Source: opentofu.org/docs/language/functions */
const TABLE: Readonly<Record<string, readonly Row[]>> = {
  convert: [
    ['convert("true", bool)', true],
    ['convert({}, object({ name = optional(string, "OpenTofu") }))', { name: 'OpenTofu' }],
    ['convert([1, 2], list(string))', ['1', '2']],
    [
      'convert({ test = {} }, map(object({ a = optional(string), b = optional(string, "d") })))',
      { test: { a: null, b: 'd' } },
    ],
    ['convert("x", number)', ERROR],
    ['convert("x")', ERROR],
    ['convert("x", nosuch)', ERROR],
  ],
  assumeequal: [
    ['assumeequal(1, "1")', '1'],
    ['assumeequal("a", "b")', ERROR],
    ['assumeequal(terraform.workspace, "known")', 'known'],
  ],
  assumenotnull: [
    ['assumenotnull("a")', 'a'],
    ['assumenotnull(null)', ERROR],
    ['assumenotnull(terraform.workspace) == null', false],
  ],
  assumestringprefix: [
    ['assumestringprefix("vpc-1", "vpc-")', 'vpc-1'],
    ['assumestringprefix("1", "vpc-")', ERROR],
    ['startswith(assumestringprefix(terraform.workspace, "vpc-"), "vpc-")', true],
  ],
  assumelistlength: [
    ['length(assumelistlength(["a", "b"], 1, 2))', 2],
    ['assumelistlength(["a", "b"], 3, 4)', ERROR],
  ],
  assumelistlengthmin: [
    ['length(assumelistlengthmin(["a", "b"], 2))', 2],
    ['assumelistlengthmin(["a", "b"], 3)', ERROR],
  ],
  assumelistlengthmax: [
    ['length(assumelistlengthmax(["a", "b"], 2))', 2],
    ['assumelistlengthmax(["a", "b"], 1)', ERROR],
  ],
  assumesetlength: [
    ['length(assumesetlength(toset(["a", "b"]), 1, 2))', 2],
    ['assumesetlength(toset(["a", "b"]), 3, 4)', ERROR],
  ],
  assumesetlengthmin: [
    ['length(assumesetlengthmin(toset(["a", "b"]), 2))', 2],
    ['assumesetlengthmin(toset(["a", "b"]), 3)', ERROR],
  ],
  assumesetlengthmax: [
    ['length(assumesetlengthmax(toset(["a", "b"]), 2))', 2],
    ['assumesetlengthmax(toset(["a", "b"]), 1)', ERROR],
  ],
  assumemaplength: [
    ['length(assumemaplength({ a = 1, b = 2 }, 1, 2))', 2],
    ['assumemaplength({ a = 1, b = 2 }, 3, 4)', ERROR],
  ],
  assumemaplengthmin: [
    ['length(assumemaplengthmin({ a = 1, b = 2 }, 2))', 2],
    ['assumemaplengthmin({ a = 1, b = 2 }, 3)', ERROR],
  ],
  assumemaplengthmax: [
    ['length(assumemaplengthmax({ a = 1, b = 2 }, 2))', 2],
    ['assumemaplengthmax({ a = 1, b = 2 }, 1)', ERROR],
  ],
  abs: [
    ['abs(-12.5)', 12.5],
    ['abs("-3")', 3],
    ['abs("x")', ERROR],
  ],
  ceil: [
    ['ceil(5.1)', 6],
    ['ceil(-5.9)', -5],
  ],
  floor: [
    ['floor(4.9)', 4],
    ['floor(-4.1)', -5],
  ],
  log: [
    ['log(16, 2)', 4],
    ['log(1, 10)', 0],
    ['log(0, 10)', ERROR],
  ],
  max: [
    ['max(12, 54, 3)', 54],
    ['max([12, 54, 3]...)', 54],
    ['max()', ERROR],
  ],
  min: [
    ['min(12, 54, 3)', 3],
    ['min()', ERROR],
  ],
  parseint: [
    ['parseint("FF", 16)', 255],
    ['parseint("-1011", 2)', -11],
    ['parseint("z", 62)', 35],
    ['parseint("Z", 62)', 61],
    ['parseint("12", 2)', ERROR],
  ],
  pow: [
    ['pow(3, 2)', 9],
    ['pow(4, 0)', 1],
    ['pow(2, -1)', 0.5],
  ],
  signum: [
    ['signum(-13)', -1],
    ['signum(0)', 0],
    ['signum(344)', 1],
  ],
  sum: [
    ['sum([10, 13, 6, 4.5])', 33.5],
    ['sum(["1", 2])', 3],
    ['sum([])', ERROR],
  ],
  range: [
    ['range(3)', [0, 1, 2]],
    ['range(1, 4)', [1, 2, 3]],
    ['range(1, 8, 2)', [1, 3, 5, 7]],
    ['range(4, 1)', [4, 3, 2]],
    ['range(0)', []],
    ['range(1, 2, 0)', ERROR],
    ['range(2000)', ERROR],
  ],

  chomp: [
    ['chomp("hello\\n")', 'hello'],
    ['chomp("hello\\r\\n\\n")', 'hello'],
  ],
  endswith: [
    ['endswith("hello world", "world")', true],
    ['endswith("hello", "x")', false],
  ],
  startswith: [
    ['startswith("hello world", "hello")', true],
    ['startswith("hello", "world")', false],
  ],
  strcontains: [
    ['strcontains("hello world", "wor")', true],
    ['strcontains("hello", "wod")', false],
  ],
  format: [
    ['format("Hello, %s!", "Ander")', 'Hello, Ander!'],
    ['format("There are %d lights", 4)', 'There are 4 lights'],
    ['format("%5d|%-5d|%05d", 42, 42, 42)', '   42|42   |00042'],
    ['format("%+.2f %e %g", 3.14159, 1234.5, 0.5)', '+3.14 1.234500e+03 0.5'],
    ['format("%#v %v %v", "a", true, [1, null])', '"a" true [1,null]'],
    ['format("%q %t %%", "a\\"b", true)', '"a\\"b" true %'],
    ['format("%x %X %o %b", 255, 255, 8, 5)', 'ff FF 10 101'],
    ['format("%[2]s %[1]s", "world", "hello")', 'hello world'],
    ['format("%s")', ERROR],
    ['format("%s", "a", "b")', ERROR],
    ['format("%d", 1.5)', ERROR],
  ],
  formatlist: [
    ['formatlist("Hello, %s!", ["A", "B"])', ['Hello, A!', 'Hello, B!']],
    ['formatlist("%s-%s", "x", ["a", "b"])', ['x-a', 'x-b']],
    ['formatlist("%s%s", ["a"], ["b", "c"])', ERROR],
  ],
  indent: [['indent(2, "a\\nb")', 'a\n  b']],
  join: [
    ['join(", ", ["foo", "bar"])', 'foo, bar'],
    ['join("-", ["a"], ["b"])', 'a-b'],
    ['join(",", [])', ''],
  ],
  lower: [['lower("HELLO ÄÖ")', 'hello äö']],
  upper: [['upper("hello ß")', 'HELLO ß']],
  title: [['title("hello world-wide")', 'Hello World-Wide']],
  regex: [
    ['regex("[a-z]+", "53453453.345345aaabbbccc23454")', 'aaabbbccc'],
    ['regex("(\\\\d+)-(\\\\d+)", "a12-34")', ['12', '34']],
    ['regex("(?P<h>[^:]+)(?::(?P<p>\\\\d+))?", "host:80")', { h: 'host', p: '80' }],
    ['regex("(?P<h>[^:]+)(?::(?P<p>\\\\d+))?", "host")', { h: 'host', p: null }],
    ['regex("(?i)ABC", "xabcx")', 'abc'],
    ['regex("a|ab", "ab")', 'a'],
    ['regex("a+?", "aaa")', 'a'],
    ['regex("x", "y")', ERROR],
    ['regex("(a)\\\\1", "aa")', ERROR],
    ['regex("a(?=b)", "ab")', ERROR],
  ],
  regexall: [
    ['regexall("[a-z]+", "1234abcd5678efgh9")', ['abcd', 'efgh']],
    ['regexall("[a-z]+", "123")', []],
    ['regexall("a*", "baa")', ['', 'aa']],
  ],
  replace: [
    ['replace("1 + 2 + 3", "+", "-")', '1 - 2 - 3'],
    ['replace("hello world", "/w.*d/", "everybody")', 'hello everybody'],
    ['replace("ab", "/(a)(b)/", "$2$1")', 'ba'],
    ['replace("ab", "/(?P<x>a)/", "<$${x}>")', '<a>b'],
  ],
  split: [
    ['split(",", "foo,bar,baz")', ['foo', 'bar', 'baz']],
    ['split(",", "")', ['']],
    ['split("", "ab")', ['a', 'b']],
  ],
  strrev: [
    ['strrev("hello")', 'olleh'],
    ['strrev("a ☃")', '☃ a'],
  ],
  substr: [
    ['substr("hello world", 1, 4)', 'ello'],
    ['substr("hello", -5, -1)', 'hello'],
    ['substr("hello", 3, 100)', 'lo'],
    ['substr("🤔🤷", 0, 1)', '🤔'],
  ],
  trim: [['trim("?!hello?!", "!?")', 'hello']],
  trimprefix: [
    ['trimprefix("helloworld", "hello")', 'world'],
    ['trimprefix("a", "b")', 'a'],
  ],
  trimsuffix: [['trimsuffix("helloworld", "world")', 'hello']],
  trimspace: [['trimspace("  hello\\n\\n")', 'hello']],
  templatestring: [
    ['templatestring("$${a}-$${b}", { a = "x", b = 1 })', 'x-1'],
    ['templatestring("$${missing}", {})', ERROR],
  ],

  alltrue: [
    ['alltrue(["true", true])', true],
    ['alltrue([true, false])', false],
    ['alltrue([])', true],
  ],
  anytrue: [
    ['anytrue(["true"])', true],
    ['anytrue([])', false],
    ['anytrue([null])', false],
  ],
  chunklist: [
    ['chunklist(["a", "b", "c"], 2)', [['a', 'b'], ['c']]],
    ['chunklist(["a"], 0)', [['a']]],
  ],
  coalesce: [
    ['coalesce("", "b")', 'b'],
    ['coalesce(null, 1)', 1],
    ['coalesce(1, "a")', '1'],
    ['coalesce("", null)', ERROR],
  ],
  coalescelist: [
    ['coalescelist([], ["c"])', ['c']],
    ['coalescelist([], [])', ERROR],
  ],
  compact: [['compact(["a", "", null, "c"])', ['a', 'c']]],
  concat: [
    ['concat(["a", ""], ["b"])', ['a', '', 'b']],
    ['concat([1], ["a"])', [1, 'a']],
  ],
  contains: [
    ['contains(["a", "b"], "a")', true],
    ['contains(["a"], "d")', false],
    ['contains([1], "1")', false],
  ],
  distinct: [['distinct(["a", "b", "a"])', ['a', 'b']]],
  element: [
    ['element(["a", "b", "c"], 1)', 'b'],
    ['element(["a", "b", "c"], 3)', 'a'],
    ['element([], 0)', ERROR],
  ],
  flatten: [
    ['flatten([["a", "b"], [], [["c"]]])', ['a', 'b', 'c']],
    ['flatten("a")', ERROR],
  ],
  index: [
    ['index(["a", "b"], "b")', 1],
    ['index(["a"], "x")', ERROR],
  ],
  keys: [
    ['keys({ b = 1, a = 2 })', ['a', 'b']],
    ['keys({})', []],
  ],
  length: [
    ['length([])', 0],
    ['length({ a = 1 })', 1],
    ['length("hello")', 5],
    ['length("👨‍👩‍👧")', 1],
    ['length(5)', ERROR],
  ],
  lookup: [
    ['lookup({ a = "ay" }, "a", "x")', 'ay'],
    ['lookup({ a = "ay" }, "c", "x")', 'x'],
    ['lookup({ a = 1 }, "c")', ERROR],
  ],
  matchkeys: [['matchkeys(["i-1", "i-2", "i-3"], ["w", "e", "w"], ["w"])', ['i-1', 'i-3']]],
  merge: [
    ['merge({ a = "b" }, { a = "c", z = 1 })', { a: 'c', z: 1 }],
    ['merge()', {}],
    ['merge({ a = 1 }, null)', { a: 1 }],
    ['merge({}, 5)', ERROR],
  ],
  one: [
    ['one([])', null],
    ['one(["a"])', 'a'],
    ['one(toset(["a"]))', 'a'],
    ['one(["a", "b"])', ERROR],
  ],
  reverse: [['reverse([1, 2, 3])', [3, 2, 1]]],
  setintersection: [['setintersection(["a", "b"], ["b", "c"], ["d", "b"])', ['b']]],
  setproduct: [
    [
      'setproduct(["a", "b"], [1])',
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    ['setproduct([], ["a"])', []],
    ['setproduct(["a"])', ERROR],
  ],
  setsubtract: [['setsubtract(["a", "b", "c"], ["a", "c"])', ['b']]],
  setunion: [['setunion(["b", "a"], ["a", "c"])', ['a', 'b', 'c']]],
  slice: [
    ['slice(["a", "b", "c", "d"], 1, 3)', ['b', 'c']],
    ['slice(["a"], 0, 2)', ERROR],
  ],
  sort: [['sort(["e", "d", "Z"])', ['Z', 'd', 'e']]],
  transpose: [['transpose({ a = ["1", "2"], b = ["2"] })', { '1': ['a'], '2': ['a', 'b'] }]],
  values: [['values({ b = 1, a = 2 })', [2, 1]]],
  zipmap: [
    ['zipmap(["a", "b"], [1, 2])', { a: 1, b: 2 }],
    ['zipmap(["a"], [1, 2])', ERROR],
  ],

  base64decode: [
    ['base64decode("SGVsbG8=")', 'Hello'],
    ['base64decode("SGVsbG8")', ERROR],
  ],
  base64encode: [['base64encode("Hello")', 'SGVsbG8=']],
  base64gzip: [['base64gunzip(base64gzip("Hello"))', 'Hello']],
  base64gunzip: [['base64gunzip("SGVsbG8=")', ERROR]],
  csvdecode: [
    [
      'csvdecode("a,b\\n1,2\\n3,\\"x, y\\"\\n")',
      [
        { a: '1', b: '2' },
        { a: '3', b: 'x, y' },
      ],
    ],
    ['csvdecode("a,b\\n1\\n")', ERROR],
  ],
  jsondecode: [
    ['jsondecode("{\\"hello\\": [1, null, true]}")', { hello: [1, null, true] }],
    ['jsondecode("{")', ERROR],
  ],
  jsonencode: [['jsonencode({ b = [1, null], a = "<x>" })', '{"a":"\\u003cx\\u003e","b":[1,null]}']],
  textdecodebase64: [['textdecodebase64("SABlAGwAbABvAA==", "UTF-16LE")', 'Hello']],
  textencodebase64: [
    ['textencodebase64("Hello", "UTF-16LE")', 'SABlAGwAbABvAA=='],
    ['textencodebase64("é", "windows-1252")', '6Q=='],
  ],
  urlencode: [['urlencode("Hello World!&é")', 'Hello+World%21%26%C3%A9']],
  urldecode: [
    ['urldecode("Hello+World%21%C3%A9")', 'Hello World!é'],
    ['urldecode("%zz")', ERROR],
  ],
  yamldecode: [
    ['yamldecode("hello: world\\nlist:\\n- 1\\n- true\\n- ~")', { hello: 'world', list: [1, true, null] }],
    ['yamldecode("a: 010\\nb: 1_0")', { a: 10, b: '1_0' }],
    ['yamldecode("a: 0x1F\\nb: 0o17\\nc: -0x1F")', { a: 31, b: 15, c: '-0x1F' }],
    ['yamldecode("a: [")', ERROR],
  ],
  yamlencode: [
    [
      'yamlencode({ foo = [1, { a = "b", c = "d" }, 3], bar = "baz", e = {}, l = [] })',
      '"bar": "baz"\n"e": {}\n"foo":\n- 1\n- "a": "b"\n  "c": "d"\n- 3\n"l": []\n',
    ],
    ['yamlencode({ text = "a\\nb\\n" })', '"text": |\n  a\n  b\n'],
  ],

  basename: [['basename("foo/bar/baz.txt")', 'baz.txt']],
  dirname: [
    ['dirname("foo/bar/baz.txt")', 'foo/bar'],
    ['dirname("a")', '.'],
  ],
  pathexpand: [
    ['pathexpand("/etc/x")', '/etc/x'],
    ['pathexpand("~/x")', UNKNOWN],
  ],
  abspath: [['abspath("x")', UNKNOWN]],
  file: [
    ['file("a.txt")', 'Hello'],
    ['file("${path.module}/sub/b.txt")', 'b'],
    ['file("none")', ERROR],
    ['file("/etc/hostname")', UNKNOWN],
    ['file("../x")', UNKNOWN],
  ],
  fileexists: [
    ['fileexists("a.txt")', true],
    ['fileexists("none")', false],
    ['fileexists("sub")', ERROR],
  ],
  fileset: [
    ['fileset(".", "*.txt")', ['a.txt']],
    ['fileset("sub", "**")', ['b.txt', 'deep/c.md']],
    ['fileset(".", "**/*.{md,txt}")', ['a.txt', 'sub/b.txt', 'sub/deep/c.md']],
  ],
  filebase64: [['filebase64("a.txt")', 'SGVsbG8=']],
  templatefile: [
    ['templatefile("hello.tftpl", { name = "A", ports = [80, 443] })', 'Hello, A!\n- 80\n- 443\n'],
    ['templatefile("hello.tftpl", {})', ERROR],
  ],
  filemd5: [['filemd5("a.txt")', '8b1a9953c4611296a827abf8c47804d7']],
  filesha1: [['filesha1("a.txt")', 'f7ff9e8b7bb2e09b70935a5d785e0cc5d9d0abf0']],
  filesha256: [['filesha256("a.txt")', '185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969']],
  filesha512: [['substr(filesha512("a.txt"), 0, 12)', '3615f80c9d29']],
  filebase64sha256: [['filebase64sha256("a.txt")', 'GF+NsyJx/iX1Yab8k4suJkMG7DBO2lGAB9F2SCY4GWk=']],
  filebase64sha512: [['filebase64sha512("a.txt") == base64sha512("Hello")', true]],

  formatdate: [
    ['formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")', '02 Jan 2018 23:12 UTC'],
    ['formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01-08:00")', 'Tuesday, 02-Jan-18 23:12:01 -0800'],
    ['formatdate("h\'h\'mm AA H", "2018-01-02T23:12:01Z")', '23h12 PM 11'],
    ['formatdate("YYYY", "2018")', ERROR],
  ],
  plantimestamp: [['plantimestamp()', UNKNOWN]],
  timestamp: [['timestamp()', UNKNOWN]],
  timeadd: [
    ['timeadd("2017-11-22T00:00:00Z", "10m")', '2017-11-22T00:10:00Z'],
    ['timeadd("2017-11-22T00:00:00+02:00", "-1h30m")', '2017-11-21T22:30:00+02:00'],
    ['timeadd("2017-11-22T00:00:00Z", "1d")', ERROR],
  ],
  timecmp: [
    ['timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00+01:00")', 0],
    ['timecmp("2017-11-22T00:00:00Z", "2018-01-01T00:00:00Z")', -1],
  ],

  base64sha256: [['base64sha256("hello world")', 'uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=']],
  base64sha512: [['length(base64sha512("x"))', 88]],
  bcrypt: [['bcrypt("x")', UNKNOWN]],
  md5: [['md5("hello world")', '5eb63bbbe01eeed093cb22bb8f5acdc3']],
  sha1: [['sha1("hello world")', '2aae6c35c94fcfb415dbe95f408b9ce91ee846ed']],
  sha256: [['sha256("hello world")', 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9']],
  sha512: [['length(sha512("x"))', 128]],
  rsadecrypt: [['rsadecrypt("AAAA", "no key")', ERROR]],
  uuid: [['uuid()', UNKNOWN]],
  uuidv5: [
    ['uuidv5("dns", "www.terraform.io")', 'a5008fae-b28c-5ba5-96cd-82b4c53552d6'],
    ['uuidv5("nonsense", "x")', ERROR],
  ],

  cidrhost: [
    ['cidrhost("10.12.112.0/20", 16)', '10.12.112.16'],
    ['cidrhost("10.12.112.0/20", -2)', '10.12.127.254'],
    ['cidrhost("fd00:fd12:3456:7890:00a2::/72", 34)', 'fd00:fd12:3456:7890::22'],
    ['cidrhost("10.0.0.0/30", 4)', ERROR],
  ],
  cidrnetmask: [
    ['cidrnetmask("172.16.0.0/12")', '255.240.0.0'],
    ['cidrnetmask("fd00::/8")', ERROR],
  ],
  cidrsubnet: [
    ['cidrsubnet("172.16.0.0/12", 4, 2)', '172.18.0.0/16'],
    ['cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)', 'fd00:fd12:3456:7800:a200::/72'],
    ['cidrsubnet("10.0.0.0/24", 9, 0)', ERROR],
  ],
  cidrsubnets: [
    ['cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)', ['10.1.0.0/20', '10.1.16.0/20', '10.1.32.0/24', '10.1.48.0/20']],
    ['cidrsubnets("10.0.0.0/24", 1, 1, 1)', ERROR],
  ],
  cidrcontains: [
    ['cidrcontains("192.168.2.0/20", "192.168.2.1")', true],
    ['cidrcontains("192.168.2.0/20", "192.126.2.1")', false],
    ['cidrcontains("10.0.0.0/8", "10.1.0.0/16")', true],
  ],

  can: [
    ['can({ a = 1 }.b)', false],
    ['can(1)', true],
  ],
  try: [
    ['try({ a = 1 }.b, "x")', 'x'],
    ['try("a", "b")', 'a'],
    ['try({}.a)', ERROR],
    ['try(local.none, "x")', ERROR],
  ],
  nonsensitive: [['nonsensitive(sensitive("a"))', 'a']],
  sensitive: [['sensitive({ a = 1 })', { a: 1 }]],
  issensitive: [
    ['issensitive(sensitive("a"))', true],
    ['issensitive("a")', false],
  ],
  ephemeralasnull: [['ephemeralasnull("a")', 'a']],
  tobool: [
    ['tobool("true")', true],
    ['tobool(null)', null],
    ['tobool("no")', ERROR],
  ],
  tolist: [
    ['tolist(["a", 1])', ['a', '1']],
    ['tolist("a")', ERROR],
  ],
  tomap: [
    ['tomap({ a = 1, b = "x" })', { a: '1', b: 'x' }],
    ['tomap([1])', ERROR],
  ],
  tonumber: [
    ['tonumber("1.50")', 1.5],
    ['tonumber("no")', ERROR],
  ],
  toset: [
    ['toset(["b", "a", "b"])', ['a', 'b']],
    ['toset([3, 20, 1])', [1, 3, 20]],
  ],
  tostring: [
    ['tostring(1.50)', '1.5'],
    ['tostring(true)', 'true'],
    ['tostring([])', ERROR],
  ],
  type: [['type("a")', ERROR]],
}

/**
 * Every function that the languages document. Sources: the pages below developer.hashicorp.com/terraform/language/functions (1.15)
 * and opentofu.org/docs/language/functions (1.13), of which some are documented together on one page.
 */
const DOCUMENTED = {
  both: `
    abs ceil floor log max min parseint pow signum
    chomp endswith format formatlist indent join lower regex regexall replace split startswith strcontains strrev substr
    templatestring title trim trimprefix trimspace trimsuffix upper
    alltrue anytrue chunklist coalesce coalescelist compact concat contains distinct element flatten index keys length lookup
    matchkeys merge one range reverse setintersection setproduct setsubtract setunion slice sort sum transpose values zipmap
    base64decode base64encode base64gzip csvdecode jsondecode jsonencode textdecodebase64 textencodebase64 urlencode
    yamldecode yamlencode
    abspath basename dirname file filebase64 fileexists fileset pathexpand templatefile
    formatdate plantimestamp timeadd timecmp timestamp
    base64sha256 base64sha512 bcrypt filebase64sha256 filebase64sha512 filemd5 filesha1 filesha256 filesha512 md5 rsadecrypt
    sha1 sha256 sha512 uuid uuidv5
    cidrhost cidrnetmask cidrsubnet cidrsubnets
    can convert ephemeralasnull issensitive nonsensitive sensitive tobool tolist tomap tonumber toset tostring try type`,
  openTofu: `
    base64gunzip cidrcontains urldecode
    assumeequal assumenotnull assumestringprefix
    assumelistlength assumelistlengthmin assumelistlengthmax
    assumesetlength assumesetlengthmin assumesetlengthmax
    assumemaplength assumemaplengthmin assumemaplengthmax`,
}

/** What depends on the machine, the moment or chance has a result only when the tool runs. */
const IMPURE = ['abspath(".")', 'bcrypt("x")', 'pathexpand("~/x")', 'plantimestamp()', 'timestamp()', 'uuid()']

describe('the list of functions', () => {
  it('is that of the documentation', () => {
    const documented = `${DOCUMENTED.both} ${DOCUMENTED.openTofu}`.trim().split(/\s+/)
    expect(functionNames()).toEqual(documented.sort())
  })

  it.each(IMPURE)('%s is not known, and says why', (expression) => {
    expect(jsonOf(expression)).toEqual({ $unknown: expect.stringMatching(/depends on (?:the m|chance)/) })
  })
})

describe('functions', () => {
  it('has a row for each function', () => {
    expect(Object.keys(TABLE).sort()).toEqual(functionNames())
  })

  for (const [name, rows] of Object.entries(TABLE)) {
    it.each(rows)(`${name}: %s`, (expression, expected) => {
      // Replacement texts of `replace` are templates too; `$$` is how the language writes a dollar.
      expect(outcomeOf(expression, '', FILES)).toEqual(expected)
    })
  }

  it('refuses what there is not, and does not know what a provider adds', () => {
    expect(outcomeOf('nosuch(1)')).toBe(ERROR)
    expect(outcomeOf('core::upper("a")')).toBe('A')
    expect(outcomeOf('provider::azurerm::parse_resource_id("x")')).toBe(UNKNOWN)
  })
})

describe('functions of unknown values', () => {
  const given = 'variable "u" { type = string }\nvariable "l" { type = list(string) }'
  it.each<Row>([
    ['length(["a", var.u])', 2],
    ['element(["a", var.u], 0)', 'a'],
    ['keys({ a = var.u })', ['a']],
    ['contains(["a", var.u], "a")', true],
    ['contains(["a", var.u], "b")', UNKNOWN],
    ['lookup({ a = "x", b = var.u }, "a", "d")', 'x'],
    ['merge({ a = var.u }, { a = 1 })', { a: 1 }],
    ['join("-", ["a", var.u])', UNKNOWN],
    ['upper(var.u)', UNKNOWN],
    ['flatten([["a"], var.l])', UNKNOWN],
    ['anytrue([var.u == "x", true])', true],
    ['startswith("rg-${var.u}", "rg-")', true],
    ['startswith("rg-${var.u}", "x")', false],
    ['coalesce("a", var.u)', 'a'],
    ['try(var.u.missing, "x")', 'x'],
    ['jsonencode({ a = var.u })', UNKNOWN],
  ])('%s', (expression, expected) => {
    expect(outcomeOf(expression, given)).toEqual(expected)
  })

  it('applies a function to each of the values that a choice is between', () => {
    const value = outcomeOf('upper(var.u == "x" ? "a" : "b")', given)
    expect(value).toBe(UNKNOWN)
    expect(outcomeOf('length(var.u == "x" ? "a" : "b")', given)).toBe(1)
  })
})
