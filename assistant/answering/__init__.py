"""A query in; out, what the documents hold of it: quotes, a question back, a refusal, or the model's checked answer.

`lookup` decides between them. A question in another script is put into English here. Imports all rooms named before it.
"""
