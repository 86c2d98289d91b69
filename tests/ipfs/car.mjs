// Reads CAR files by @ipld/car, digests each block again and prints a line of JSON for each file:
// its version, roots, and blocks in order as [CID, length].
//
//     node car.mjs FILE...
import fs from 'node:fs'
import { CarBlockIterator } from '@ipld/car'
import { sha256 } from 'multiformats/hashes/sha2'

for (const place of process.argv.slice(2)) {
  const car = await CarBlockIterator.fromIterable(fs.createReadStream(place))
  const blocks = []
  for await (const { cid, bytes } of car) {
    const digest = await sha256.digest(bytes)
    if (Buffer.compare(digest.digest, cid.multihash.digest) !== 0) {
      throw new Error(`${place}: block ${cid} has another digest`)
    }
    blocks.push([cid.toString(), bytes.length])
  }
  const roots = (await car.getRoots()).map(String)
  console.log(JSON.stringify({ version: car.version, roots, blocks }))
}
