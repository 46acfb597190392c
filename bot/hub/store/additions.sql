-- Tables that came after the first worlds were founded: made in every world that lacks them.
CREATE TABLE IF NOT EXISTS protections (
  repo_id INTEGER NOT NULL, branch TEXT NOT NULL, approvals INTEGER, dismiss_stale INTEGER NOT NULL,
  contexts TEXT, strict INTEGER NOT NULL, enforce_admins INTEGER NOT NULL,
  PRIMARY KEY (repo_id, branch));
CREATE TABLE IF NOT EXISTS grants (
  digest TEXT PRIMARY KEY, kind TEXT NOT NULL, permissions TEXT NOT NULL, repositories TEXT);
CREATE TABLE IF NOT EXISTS lock_reasons (issue_id INTEGER PRIMARY KEY, reason TEXT);
CREATE TABLE IF NOT EXISTS rulesets (
  id INTEGER PRIMARY KEY, repo_id INTEGER NOT NULL, name TEXT NOT NULL, enforcement TEXT NOT NULL,
  include TEXT NOT NULL, exclude TEXT NOT NULL, rules TEXT NOT NULL, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, UNIQUE (repo_id, name));
CREATE TABLE IF NOT EXISTS secrets (
  repo_id INTEGER NOT NULL, name TEXT NOT NULL, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, PRIMARY KEY (repo_id, name));
CREATE TABLE IF NOT EXISTS workflow_settings (
  repo_id INTEGER PRIMARY KEY, level TEXT NOT NULL, may_open_pulls INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS workflows (
  id INTEGER PRIMARY KEY, repo_id INTEGER NOT NULL, path TEXT NOT NULL, created_at INTEGER NOT NULL,
  UNIQUE (repo_id, path));
CREATE TABLE IF NOT EXISTS workflow_runs (
  id INTEGER PRIMARY KEY, repo_id INTEGER NOT NULL, workflow_id INTEGER NOT NULL, name TEXT NOT NULL,
  title TEXT NOT NULL, event TEXT NOT NULL, event_payload TEXT NOT NULL, branch TEXT NOT NULL,
  sha TEXT NOT NULL, actor_id INTEGER NOT NULL, number INTEGER NOT NULL, status TEXT NOT NULL,
  conclusion TEXT, is_cancelled INTEGER NOT NULL, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS artifacts (
  id INTEGER PRIMARY KEY, repo_id INTEGER NOT NULL, run_id INTEGER NOT NULL, name TEXT NOT NULL,
  digest TEXT NOT NULL, size INTEGER NOT NULL, created_at INTEGER NOT NULL, content BLOB NOT NULL,
  UNIQUE (run_id, name));
CREATE TABLE IF NOT EXISTS run_jobs (
  id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, name TEXT NOT NULL, conclusion TEXT NOT NULL,
  started_at INTEGER NOT NULL, completed_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS issue_events (
  id INTEGER NOT NULL, issue_id INTEGER NOT NULL, actor_id INTEGER NOT NULL, kind TEXT NOT NULL,
  label_id INTEGER, previous TEXT, current TEXT, created_at INTEGER NOT NULL,
  began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS last_pushers (pull_id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS issue_events_issue ON issue_events (issue_id, id, ended);
