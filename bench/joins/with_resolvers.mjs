// PostGraphile 5 is written for Node 22; of what Node 20 lacks, it needs this.

Promise.withResolvers ??= () => {
  const deferred = {}
  deferred.promise = new Promise((resolve, reject) => Object.assign(deferred, { resolve, reject }))
  return deferred
}
