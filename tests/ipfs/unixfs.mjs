// Prints the root CID of each path that is given, by ipfs-unixfs-importer with the profile
// unixfs-v1-2025. Executables get the mode 0555; nothing else has a mode.
//
//     node unixfs.mjs PATH...
//     node unixfs.mjs --length FILE    of a file of three levels with its length written right
//
// From 2 GiB on the importer (17.1.1) writes a file's length, in its root and nowhere else, as zero
// octets, which is no varint of Protobuf. With --length all is the importer's but for these octets.
import fs from 'node:fs'
import path from 'node:path'
import * as dagPb from '@ipld/dag-pb'
import { BlackHoleBlockstore } from 'blockstore-core/black-hole'
import { importer } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'

const EXECUTABLE = 0o555

function * candidates (place, name) {
  const status = fs.lstatSync(place)
  if (status.isSymbolicLink()) {
    yield { path: name, link: fs.readlinkSync(place) }
  } else if (status.isDirectory()) {
    const names = fs.readdirSync(place)
    if (names.length === 0) {
      yield { path: name }
    }
    for (const child of names) {
      yield * candidates(path.join(place, child), `${name}/${child}`)
    }
  } else {
    const content = status.size === 0 ? new Uint8Array(0) : fs.createReadStream(place)
    const mode = (status.mode & 0o100) === 0 ? undefined : EXECUTABLE
    yield { path: name, content, mode }
  }
}

// Forgets all but the nodes, which are few: a large file's chunks are raw blocks.
class Nodes extends BlackHoleBlockstore {
  bytes = new Map()

  put (cid, bytes, options) {
    if (cid.code === dagPb.code) {
      this.bytes.set(cid.toString(), bytes)
    }
    return super.put(cid, bytes, options)
  }
}

function varint (number) {
  const octets = []
  for (; number >= 128; number = Math.floor(number / 128)) {
    octets.push(number % 128 + 128)
  }
  octets.push(number)
  return octets
}

// The node of a file again, with the fields of UnixFS as its specification has them: type 2 (File) in
// field 1, its length in field 3, that of each part in field 4.
async function withLength (node, parts) {
  const { Links: links } = dagPb.decode(node)
  const lengths = parts.map(Number)
  const length = lengths.reduce((a, b) => a + b)
  const data = [0x08, 2, 0x18, ...varint(length), ...lengths.flatMap(n => [0x20, ...varint(n)])]
  const bytes = dagPb.encode({ Data: Uint8Array.from(data), Links: links })
  return CID.createV1(dagPb.code, await sha256.digest(bytes))
}

const mending = process.argv[2] === '--length'
for (const place of process.argv.slice(mending ? 3 : 2)) {
  let root
  const store = new Nodes()
  const options = { profile: 'unixfs-v1-2025', fileImportConcurrency: 8 }
  for await (const entry of importer(candidates(place, 'root'), store, options)) {
    if (entry.path === 'root') {
      root = entry
    }
  }
  const cid = mending
    ? await withLength(store.bytes.get(root.cid.toString()), root.unixfs.blockSizes)
    : root.cid
  console.log(cid.toString())
}
