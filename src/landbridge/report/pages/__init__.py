"""Pages, workbooks and folders: what a reader of a study opens."""
