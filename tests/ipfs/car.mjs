// Reads CAR files by @ipld/car, digests each block again and prints a line of JSON for each file:
// its version, roots, and blocks in order as [CID, length].
//
//     node car.mjs FILE...
//
// Or writes what it reads of a file to another one, by @ipld/car (which writes version 1).
//
//     node car.mjs --copy FROM TO
import fs from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CarBlockIterator, CarWriter } from '@ipld/car'
import { sha256 } from 'multiformats/hashes/sha2'

if (process.argv[2] === '--copy') {
  const [from, to] = process.argv.slice(3)
  const car = await CarBlockIterator.fromIterable(fs.createReadStream(from))
  const { writer, out } = CarWriter.create(await car.getRoots())
  const written = pipeline(Readable.from(out), fs.createWriteStream(to))
  for await (const block of car) {
    await writer.put(block)
  }
  await writer.close()
  await written
  process.exit(0)
}

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
