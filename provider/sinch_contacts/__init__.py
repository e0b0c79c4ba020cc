"""Contact sets as code: the contacts of a Sinch Conversation API project, kept in Git and applied by Pulumi."""
