/**
 * What this device keeps: drafts not yet sent and submissions waiting for the line. Nothing here leaves the
 * device by itself, and everything can be erased from the page.
 */
const DATABASE = 'hiroba'
const VERSION = 1
const SHELVES = ['drafts', 'outbox', 'receipts'] as const

export type Shelf = (typeof SHELVES)[number]

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

let opening: Promise<IDBDatabase> | undefined

function database(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION)
    request.onupgradeneeded = () => {
      for (const shelf of SHELVES) request.result.createObjectStore(shelf)
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => {
      opening = undefined
      reject(request.error)
    }
  })
  return opening
}

async function shelf(name: Shelf, mode: IDBTransactionMode): Promise<IDBObjectStore> {
  return (await database()).transaction(name, mode).objectStore(name)
}

export async function keep(name: Shelf, key: string, value: unknown): Promise<void> {
  await done((await shelf(name, 'readwrite')).put(value, key))
}

export async function kept(name: Shelf, key: string): Promise<unknown> {
  return done((await shelf(name, 'readonly')).get(key))
}

export async function allKept(name: Shelf): Promise<unknown[]> {
  return done((await shelf(name, 'readonly')).getAll())
}

export async function forget(name: Shelf, key: string): Promise<void> {
  await done((await shelf(name, 'readwrite')).delete(key))
}

/** Erases everything that this page ever kept on the device. */
export async function forgetEverything(): Promise<void> {
  for (const name of SHELVES) await done((await shelf(name, 'readwrite')).clear())
}
