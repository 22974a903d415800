// s3rver, made fit for several clients at once: node s3.js PORT FOLDER BUCKET
//
// S3 has no folders. s3rver makes them of names, and with the last object of one it removes the folder, also while another request is about to write into it: that one
// then fails, or takes the whole server down. So folders stay here.
const fs = require('fs');
const S3rver = require('s3rver');
const Store = require('s3rver/lib/stores/filesystem');

Store.prototype.deleteObject = async function (bucket, key) {
  for (const part of ['object', 'object.md5', 'metadata.json']) await fs.promises.rm(this.getResourcePath(bucket, key, part), { force: true });
};

const [port, directory, bucket] = process.argv.slice(2);
new S3rver({ address: '127.0.0.1', port: Number(port), directory, silent: true, configureBuckets: [{ name: bucket }] }).run();
