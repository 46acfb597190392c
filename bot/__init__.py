"""specloop: open an issue labelled `spec`; reviewed pull requests arrive until it is met."""
