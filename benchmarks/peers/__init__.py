"""The usual ways to put contacts into a project, each written as its users would."""
