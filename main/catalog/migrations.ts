import type Sqlite from 'better-sqlite3'
import { AppError } from '../../shared/errors.ts'

/** 'HGLS': tells our files from other programs' SQLite files (https://sqlite.org/pragma.html#pragma_application_id). */
const applicationId = 0x48474c53

/**
 * Append only: entry n brings version n to n + 1, and one that was released never changes.
 * Columns have the names that rows have in TypeScript, so that no layer has to translate them.
 */
export const migrations: readonly string[] = [
  `
  -- one row per content; the same content in two files is one photo in two places
  CREATE TABLE images (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
    name TEXT NOT NULL COLLATE NOCASE,
    bytes INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    format TEXT NOT NULL,
    bitDepth INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    hasAlpha INTEGER NOT NULL,
    takenAtMs INTEGER NOT NULL,
    importedAtMs INTEGER NOT NULL,
    exif TEXT NOT NULL
  );
  CREATE INDEX imagesByName ON images (name, id);
  CREATE INDEX imagesByTaken ON images (takenAtMs, id);

  CREATE TABLE locations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    imageId INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
    path TEXT NOT NULL UNIQUE,
    mtimeMs INTEGER NOT NULL
  );
  CREATE INDEX locationsByImage ON locations (imageId, id);

  -- trigrams: finds any part of a path, ignoring case and accents
  CREATE VIRTUAL TABLE paths USING fts5 (
    path, content = 'locations', content_rowid = 'id', tokenize = 'trigram remove_diacritics 1'
  );
  CREATE TRIGGER locationAdded AFTER INSERT ON locations BEGIN
    INSERT INTO paths (rowid, path) VALUES (new.id, new.path);
  END;
  CREATE TRIGGER locationRemoved AFTER DELETE ON locations BEGIN
    INSERT INTO paths (paths, rowid, path) VALUES ('delete', old.id, old.path);
  END;
  CREATE TRIGGER locationMoved AFTER UPDATE OF path ON locations BEGIN
    INSERT INTO paths (paths, rowid, path) VALUES ('delete', old.id, old.path);
    INSERT INTO paths (rowid, path) VALUES (new.id, new.path);
  END;

  CREATE TABLE datasets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) > 0),
    seed INTEGER NOT NULL,
    validationShare REAL NOT NULL CHECK (validationShare >= 0 AND validationShare < 1),
    createdAtMs INTEGER NOT NULL
  );
  CREATE TABLE datasetImages (
    datasetId INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE,
    imageId INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
    split TEXT NOT NULL CHECK (split IN ('train', 'validation')),
    PRIMARY KEY (datasetId, imageId)
  ) WITHOUT ROWID;
  CREATE INDEX datasetImagesByImage ON datasetImages (imageId);

  CREATE TABLE models (
    id TEXT PRIMARY KEY CHECK (length(id) > 0),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    task TEXT NOT NULL,
    architecture TEXT NOT NULL,
    folder TEXT NOT NULL,
    card TEXT NOT NULL,
    isBundled INTEGER NOT NULL,
    parentId TEXT,
    addedAtMs INTEGER NOT NULL
  );
  CREATE INDEX modelsByHash ON models (sha256);

  CREATE TABLE runs (
    id TEXT PRIMARY KEY CHECK (length(id) > 0),
    modelId TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'paused', 'finished', 'interrupted', 'failed')),
    config TEXT NOT NULL,
    seed INTEGER NOT NULL,
    folder TEXT NOT NULL,
    bestStep INTEGER,
    bestValidation REAL,
    error TEXT,
    owner TEXT,
    startedAtMs INTEGER NOT NULL,
    endedAtMs INTEGER
  );
  CREATE INDEX runsByStart ON runs (startedAtMs);
  CREATE INDEX runsRunning ON runs (owner) WHERE status = 'running';

  -- NULL stands for NaN, which SQLite cannot hold
  CREATE TABLE runMetrics (
    runId TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
    name TEXT NOT NULL,
    step INTEGER NOT NULL,
    value REAL,
    PRIMARY KEY (runId, name, step)
  ) WITHOUT ROWID;

  CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    input TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN
      ('queued', 'running', 'paused', 'done', 'failed', 'cancelled', 'interrupted')),
    priority INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    progress REAL NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
    message TEXT NOT NULL DEFAULT '',
    errorCode TEXT,
    errorMessage TEXT,
    result TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    wish TEXT CHECK (wish IN ('cancel', 'pause')),
    createdAtMs INTEGER NOT NULL,
    startedAtMs INTEGER,
    endedAtMs INTEGER
  );
  CREATE INDEX jobsQueued ON jobs (priority DESC, id) WHERE status = 'queued';
  CREATE INDEX jobsRunning ON jobs (owner) WHERE status = 'running';

  CREATE TABLE jobItems (
    jobId INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    input TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'done', 'skipped', 'failed')),
    output TEXT,
    errorCode TEXT,
    errorMessage TEXT,
    PRIMARY KEY (jobId, position)
  ) WITHOUT ROWID;

  -- latent last: a row read without it stays off its overflow pages
  CREATE TABLE codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    imageSha256 TEXT NOT NULL CHECK (length(imageSha256) = 64),
    modelSha256 TEXT NOT NULL CHECK (length(modelSha256) = 64),
    quality REAL,
    bytes INTEGER,
    bitsPerPixel REAL,
    psnrDb REAL,
    path TEXT,
    fileSha256 TEXT,
    createdAtMs INTEGER NOT NULL,
    shape TEXT,
    latent BLOB
  );
  CREATE UNIQUE INDEX codesByContent ON codes (imageSha256, modelSha256, ifnull(quality, -1));
  CREATE INDEX codesByModel ON codes (modelSha256, id);
  `,
  `
  -- the same scene without noise, to compare results with
  CREATE TABLE imageReferences (
    imageId INTEGER PRIMARY KEY REFERENCES images ON DELETE CASCADE,
    referenceId INTEGER NOT NULL REFERENCES images ON DELETE CASCADE
  );
  CREATE INDEX imageReferencesByReference ON imageReferences (referenceId);

  -- what the library's filters offer, counted without reading rows
  CREATE INDEX imagesByFormat ON images (format);
  CREATE INDEX imagesByCamera ON images (exif ->> 'camera');
  `,
  `
  -- what people call groups of a model's codes, found again by their middles: centre is little-endian float32
  CREATE TABLE clusterNames (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    modelSha256 TEXT NOT NULL CHECK (length(modelSha256) = 64),
    name TEXT NOT NULL CHECK (length(name) > 0),
    centre BLOB NOT NULL,
    updatedAtMs INTEGER NOT NULL
  );
  CREATE INDEX clusterNamesByModel ON clusterNames (modelSha256);
  `,
  `
  -- which job wrote a file
  CREATE INDEX jobItemsByOutput ON jobItems (output) WHERE output IS NOT NULL;
  `,
]

/** Refuses a file of another program or of a later version, without writing to it. */
export function checkVersion(sqlite: Sqlite.Database, file: string, known = migrations.length): void {
  const version = versionOf(sqlite)
  if (version > known) {
    throw new AppError(
      'newer',
      `catalog ${file} was written by a newer Hourglass: it has version ${version}, this one reads up to ` +
        `version ${known}; update Hourglass, or name another data folder`,
    )
  }
  const isEmpty = sqlite.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() === undefined
  if (!isEmpty && sqlite.pragma('application_id', { simple: true }) !== applicationId) {
    throw new AppError('bad-input', `${file} is an SQLite file of another program, not a Hourglass catalog`)
  }
}

/** Runs what is missing in one transaction; a second process waits for it and then finds nothing to do. */
export function migrate(sqlite: Sqlite.Database, file: string, steps: readonly string[] = migrations): void {
  if (versionOf(sqlite) === steps.length) return
  sqlite
    .transaction(() => {
      checkVersion(sqlite, file, steps.length) // again: only now does nobody else write
      for (const sql of steps.slice(versionOf(sqlite))) sqlite.exec(sql)
      sqlite.pragma(`application_id = ${applicationId}`)
      sqlite.pragma(`user_version = ${steps.length}`)
    })
    .immediate()
}

function versionOf(sqlite: Sqlite.Database): number {
  return sqlite.pragma('user_version', { simple: true }) as number
}
