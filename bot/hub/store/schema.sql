-- One world. Tables with (began, ended) keep versions: a row is true from `began` up to,
-- not including, `ended` (nanoseconds); the live version ends at 4611686018427387904.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE COLLATE NOCASE,
  type TEXT NOT NULL, created_at INTEGER NOT NULL);
CREATE TABLE tokens (digest TEXT PRIMARY KEY, account_id INTEGER NOT NULL);
CREATE TABLE repositories (
  id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, name TEXT NOT NULL COLLATE NOCASE,
  description TEXT, private INTEGER NOT NULL, default_branch TEXT NOT NULL, default_tip TEXT,
  allow_merge INTEGER NOT NULL, allow_squash INTEGER NOT NULL, allow_rebase INTEGER NOT NULL,
  delete_head INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  pushed_at INTEGER NOT NULL, UNIQUE (owner_id, name));
CREATE TABLE pending_merges (
  pull_id INTEGER PRIMARY KEY, repo_id INTEGER NOT NULL, account_id INTEGER NOT NULL,
  base_ref TEXT NOT NULL, old_oid TEXT NOT NULL, new_oid TEXT NOT NULL);

CREATE TABLE collaborators (
  repo_id INTEGER NOT NULL, account_id INTEGER NOT NULL, role TEXT NOT NULL,
  began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX collaborators_key ON collaborators (repo_id, account_id, ended);
CREATE TABLE labels (
  id INTEGER NOT NULL, repo_id INTEGER NOT NULL, name TEXT NOT NULL COLLATE NOCASE,
  color TEXT NOT NULL, description TEXT, is_default INTEGER NOT NULL, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX labels_key ON labels (id, ended);
CREATE INDEX labels_name ON labels (repo_id, name, ended);
CREATE TABLE milestones (
  id INTEGER NOT NULL, repo_id INTEGER NOT NULL, number INTEGER NOT NULL, title TEXT NOT NULL,
  description TEXT, state TEXT NOT NULL, creator_id INTEGER NOT NULL, due_on INTEGER,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, closed_at INTEGER,
  began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX milestones_key ON milestones (id, ended);
CREATE INDEX milestones_number ON milestones (repo_id, number, ended);
CREATE TABLE issues (
  id INTEGER NOT NULL, repo_id INTEGER NOT NULL, number INTEGER NOT NULL, pull_id INTEGER,
  title TEXT NOT NULL, body TEXT, author_id INTEGER NOT NULL, state TEXT NOT NULL, state_reason TEXT,
  milestone_id INTEGER, locked INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  closed_at INTEGER, closed_by_id INTEGER, edited_at INTEGER, editor_id INTEGER,
  began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX issues_key ON issues (id, ended);
CREATE INDEX issues_number ON issues (repo_id, number, ended);
CREATE INDEX issues_milestone ON issues (milestone_id, ended);
CREATE TABLE pulls (
  id INTEGER NOT NULL, issue_id INTEGER NOT NULL, repo_id INTEGER NOT NULL,
  head_repo_id INTEGER NOT NULL, head_ref TEXT NOT NULL, head_sha TEXT NOT NULL,
  base_ref TEXT NOT NULL, base_sha TEXT NOT NULL, is_draft INTEGER NOT NULL, merged_at INTEGER,
  merged_by_id INTEGER, merge_sha TEXT, began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX pulls_key ON pulls (id, ended);
CREATE INDEX pulls_issue ON pulls (issue_id, ended);
CREATE INDEX pulls_repo ON pulls (repo_id, head_ref, ended);
CREATE TABLE issue_labels (
  issue_id INTEGER NOT NULL, label_id INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX issue_labels_key ON issue_labels (issue_id, label_id, ended);
CREATE INDEX issue_labels_label ON issue_labels (label_id, ended);
CREATE TABLE assignees (
  issue_id INTEGER NOT NULL, account_id INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX assignees_key ON assignees (issue_id, account_id, ended);
CREATE TABLE comments (
  id INTEGER NOT NULL, repo_id INTEGER NOT NULL, issue_id INTEGER NOT NULL, author_id INTEGER NOT NULL,
  body TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, edited_at INTEGER,
  editor_id INTEGER, minimized TEXT, began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX comments_key ON comments (id, ended);
CREATE INDEX comments_issue ON comments (issue_id, id, ended);
CREATE INDEX comments_repo ON comments (repo_id, updated_at);
CREATE TABLE reactions (
  id INTEGER NOT NULL, subject TEXT NOT NULL, subject_id INTEGER NOT NULL, account_id INTEGER NOT NULL,
  content TEXT NOT NULL, created_at INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX reactions_key ON reactions (id, ended);
CREATE INDEX reactions_subject ON reactions (subject, subject_id, ended);
CREATE TABLE sub_issues (
  parent_id INTEGER NOT NULL, child_id INTEGER NOT NULL, position INTEGER NOT NULL,
  began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX sub_issues_parent ON sub_issues (parent_id, ended);
CREATE INDEX sub_issues_child ON sub_issues (child_id, ended);
CREATE TABLE dependencies (
  blocked_id INTEGER NOT NULL, blocking_id INTEGER NOT NULL, created_at INTEGER NOT NULL,
  began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX dependencies_blocked ON dependencies (blocked_id, ended);
CREATE INDEX dependencies_blocking ON dependencies (blocking_id, ended);
CREATE TABLE closing_references (
  pull_id INTEGER NOT NULL, issue_id INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX closing_references_pull ON closing_references (pull_id, ended);
CREATE INDEX closing_references_issue ON closing_references (issue_id, ended);
CREATE TABLE reviews (
  id INTEGER NOT NULL, pull_id INTEGER NOT NULL, author_id INTEGER NOT NULL, state TEXT NOT NULL,
  body TEXT NOT NULL, commit_oid TEXT NOT NULL, submitted_at INTEGER NOT NULL,
  began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX reviews_key ON reviews (id, ended);
CREATE INDEX reviews_pull ON reviews (pull_id, ended);
CREATE TABLE review_comments (
  id INTEGER NOT NULL, pull_id INTEGER NOT NULL, review_id INTEGER NOT NULL, thread_id INTEGER NOT NULL,
  author_id INTEGER NOT NULL, path TEXT NOT NULL, line INTEGER, side TEXT NOT NULL, body TEXT NOT NULL,
  commit_oid TEXT NOT NULL, is_resolved INTEGER NOT NULL, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX review_comments_key ON review_comments (id, ended);
CREATE INDEX review_comments_pull ON review_comments (pull_id, ended);
CREATE TABLE statuses (
  id INTEGER NOT NULL, repo_id INTEGER NOT NULL, sha TEXT NOT NULL, context TEXT NOT NULL,
  state TEXT NOT NULL, description TEXT, target_url TEXT, creator_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL);
CREATE INDEX statuses_sha ON statuses (repo_id, sha, ended);
