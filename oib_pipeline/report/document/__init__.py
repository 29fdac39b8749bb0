"""The document model: blocks, numbers, labels, sections."""
