"""The words of the field as frozen values. Standard library only; knows no storage, no channel, no clock."""
