// Prints the root CID of each path that is given, by ipfs-unixfs-importer with the profile
// unixfs-v1-2025. Executables get the mode 0555; nothing else has a mode.
//
//     node unixfs.mjs PATH...
import fs from 'node:fs'
import path from 'node:path'
import { BlackHoleBlockstore } from 'blockstore-core/black-hole'
import { importer } from 'ipfs-unixfs-importer'

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

for (const place of process.argv.slice(2)) {
  let root
  const options = { profile: 'unixfs-v1-2025', fileImportConcurrency: 8 }
  for await (const entry of importer(candidates(place, 'root'), new BlackHoleBlockstore(), options)) {
    if (entry.path === 'root') {
      root = entry.cid
    }
  }
  console.log(root.toString())
}
