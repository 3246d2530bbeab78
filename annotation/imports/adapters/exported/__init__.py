"""What the exports of labeling tools have in common: fields under any name, questions under any name, offsets."""
